const STACK_TYPE = "pulumi:pulumi:Stack";
const PREFIX = "urn:pulumi:";
const PROVIDERS = "pulumi:providers:";

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent === "" ? "" : qualifiedType(parent);
  const chain = parentType === "" || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

/** The stack and project of a URN; `undefined` if it is not a URN. */
export function parseUrn(urn: unknown): { stack: string; project: string } | undefined {
  const [stack, project] =
    typeof urn === "string" && urn.startsWith(PREFIX) ? urn.slice(PREFIX.length).split("::") : [];
  return stack === undefined || project === undefined ? undefined : { stack, project };
}

export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

export function typeOf(urn: string): string {
  return qualifiedType(urn).split("$").at(-1) ?? "";
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

export function isStack(urn: string): boolean {
  return qualifiedType(urn) === STACK_TYPE;
}

/** Whether a type is that of a provider resource, which represents a plugin and its configuration. */
export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDERS);
}

/** The package that manages resources of a type, or that a provider resource represents. */
export function packageOf(type: string): string {
  return isProviderType(type) ? type.slice(PROVIDERS.length) : (type.split(":")[0] ?? "");
}

/** The type of a package's provider resources. */
export function providerTypeOf(name: string): string {
  return `${PROVIDERS}${name}`;
}

/** The URN in a reference to a provider resource: `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.split("::").slice(0, -1).join("::");
}
