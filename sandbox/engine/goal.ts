import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { refused } from "./errors";
import { fromStruct } from "./plugin";
import { makeUrn, nameOf, typeOf } from "./urn";
import { unsupported, type Values } from "./values";

/** What the program wants a resource to be. */
export interface Goal {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  inputs: Values;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  /** `urn::id` of an explicit provider, or empty. */
  provider: string;
  protect: boolean;
  retainOnDelete: boolean;
  deletedWith: string;
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: string[];
  customTimeouts: { create?: number; update?: number; delete?: number } | undefined;
  /** For a read of something that the stack does not own. */
  readId?: string;
}

export interface Names {
  stack: string;
  project: string;
}

/** Understands a registration, and refuses by name what only the Pulumi CLI can do. */
export function goalOf(request: RegisterResourceRequest, names: Names, inheritedAliases: AliasesOf): Goal {
  refuseUnsupported(request);
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const urn = makeUrn(names.stack, names.project, parent, type, name);
  const inputs = fromStruct(request.getObject());
  refuseValues(inputs);
  return {
    urn,
    type,
    name,
    custom: request.getCustom(),
    parent,
    inputs,
    dependencies: unique(request.getDependenciesList()),
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([key, value]) => [key, unique(value.getUrnsList())]),
    ),
    provider: request.getProvider(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: aliasesOf(request, names, inheritedAliases),
    customTimeouts: timeouts(request.getCustomtimeouts()),
  };
}

/** Understands a read of something that the stack does not own. */
export function readGoalOf(request: ReadResourceRequest, names: Names): Goal {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  return {
    urn: makeUrn(names.stack, names.project, parent, type, name),
    type,
    name,
    custom: true,
    parent,
    inputs: fromStruct(request.getProperties()),
    dependencies: unique(request.getDependenciesList()),
    propertyDependencies: {},
    provider: request.getProvider(),
    protect: false,
    retainOnDelete: false,
    deletedWith: "",
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [],
    customTimeouts: undefined,
    readId: request.getId(),
  };
}

function refuseUnsupported(request: RegisterResourceRequest): void {
  const what = request.getRemote()
    ? "remote components"
    : request.getImportid() !== ""
      ? "the `import` option"
      : request.getTransformsList().length > 0
        ? "transforms"
        : request.hasHooks()
          ? "resource hooks"
          : request.getReplaceWithList().length > 0
            ? "the `replaceWith` option"
            : request.hasReplacementTrigger()
              ? "the `replacementTrigger` option"
              : undefined;
  if (what !== undefined) {
    throw refused(`${what} (resource "${request.getName()}")`);
  }
}

function refuseValues(inputs: Values): void {
  const what = unsupported(inputs);
  if (what !== undefined) {
    throw refused(what);
  }
}

/** The URNs that a resource of this process had before, by the URN it has now. */
export type AliasesOf = (urn: string) => string[];

/** Every URN that the resource may have had: by its own aliases, and by those of its parent. */
function aliasesOf(request: RegisterResourceRequest, names: Names, inherited: AliasesOf): string[] {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const specs = request.getAliasesList().map((alias) => specOf(alias));
  const found = request.getAliasurnsList();
  for (const spec of [{}, ...specs] as AliasSpec[]) {
    if (spec.urn !== undefined) {
      found.push(spec.urn);
      continue;
    }
    const [stack, project] = [spec.stack ?? names.stack, spec.project ?? names.project];
    const parents = spec.noParent ? [""] : spec.parent !== undefined ? [spec.parent] : [parent, ...inherited(parent)];
    for (const each of parents) {
      found.push(makeUrn(stack, project, each, spec.type ?? type, childName(spec.name ?? name, parent, each)));
    }
  }
  const urn = makeUrn(names.stack, names.project, parent, type, name);
  return unique(found).filter((each) => each !== urn);
}

/** A child that is named after its parent was named after the parent's old name. */
function childName(name: string, parent: string, oldParent: string): string {
  const [now, before] = [nameOf(parent), nameOf(oldParent)];
  const isRoot = typeOf(parent) === "pulumi:pulumi:Stack" || parent === "" || oldParent === "";
  return !isRoot && now !== before && name.startsWith(now) ? before + name.slice(now.length) : name;
}

interface AliasSpec {
  urn?: string;
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parent?: string;
  noParent?: boolean;
}

function specOf(alias: Alias): AliasSpec {
  const spec = alias.getSpec();
  if (spec === undefined) {
    return { urn: alias.getUrn() };
  }
  const given = {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")),
    noParent: spec.getNoparent(),
  };
}

function timeouts(message: RegisterResourceRequest.CustomTimeouts | undefined): Goal["customTimeouts"] {
  const given = {
    create: seconds(message?.getCreate()),
    update: seconds(message?.getUpdate()),
    delete: seconds(message?.getDelete()),
  };
  const entries = Object.entries(given).filter(([, value]) => value > 0);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function seconds(text = ""): number {
  const units: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (units[unit as string] ?? 0),
    0,
  );
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}
