import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { SourcePosition } from "@pulumi/pulumi/proto/source_pb";
import { refused } from "../errors";
import type { CustomTimeouts, ResourceState } from "../state/state";
import { makeUrn, packageOf } from "../urn";
import { fromStruct } from "../wire/struct";
import { unsupported, type Values } from "../wire/values";

/** A resource as the program declares it. Options that it may inherit from its parent are `undefined` if not given. */
export interface Goal {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  inputs: Values;
  dependencies: string[];
  propertyDependencies: Record<string, string[]> | undefined;
  /** `urn::id` of an explicit provider, or empty. */
  provider: string;
  /** For a component's children: explicit providers by package. */
  providers: Record<string, string>;
  protect: boolean | undefined;
  retainOnDelete: boolean | undefined;
  deletedWith: string;
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: AliasSpec[];
  customTimeouts: CustomTimeouts;
  sourcePosition: string;
  stackTrace: NonNullable<ResourceState["stackTrace"]>;
  /** For a read of a resource that the stack does not own. */
  readId?: string;
}

/** An earlier name of a resource: a URN, or the parts of it that were different. */
export interface AliasSpec {
  urn?: string;
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parent?: string;
  noParent?: boolean;
}

export interface Names {
  stack: string;
  project: string;
  /** Source positions are relative to it. */
  rootDirectory: string;
  /** The packages whose resources this engine manages. */
  packages: readonly string[];
}

/** Reads a registration, and refuses by name what only the Pulumi CLI supports. */
export function goalOf(request: RegisterResourceRequest, names: Names): Goal {
  refuseUnsupported(request);
  const named = nameAndPlace(request, names);
  const inputs = fromStruct(request.getObject());
  refuseValues(inputs);
  const dependencies = [...new Set(request.getDependenciesList())];
  const byProperty = [...request.getPropertydependenciesMap().entries()];
  const timeouts = request.getCustomtimeouts();
  const isReplacedFirst = request.getDeletebeforereplace();
  return {
    ...named,
    custom: request.getCustom(),
    inputs,
    dependencies,
    propertyDependencies: {
      ...Object.fromEntries(Object.keys(inputs).map((key) => [key, byProperty.length === 0 ? dependencies : []])),
      ...Object.fromEntries(byProperty.map(([key, value]) => [key, [...new Set(value.getUrnsList())]])),
    },
    provider: request.getProvider(),
    providers: Object.fromEntries(request.getProvidersMap().entries()),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() || isReplacedFirst ? isReplacedFirst : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [...request.getAliasurnsList().map((urn) => ({ urn })), ...request.getAliasesList().map(specOf)],
    customTimeouts: timeouts
      ? withoutZeros({
          create: seconds(timeouts.getCreate()),
          update: seconds(timeouts.getUpdate()),
          delete: seconds(timeouts.getDelete()),
        })
      : {},
  };
}

/** Reads a request to read a resource that the stack does not own. */
export function readGoalOf(request: ReadResourceRequest, names: Names): Goal {
  const inputs = fromStruct(request.getProperties());
  refuseValues(inputs);
  return {
    ...bareGoal(nameAndPlace(request, names), inputs),
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    readId: request.getId(),
  };
}

/** The default provider of a package, for resources that name none. */
export function defaultProviderGoal(type: string, config: Values, { stack, project }: Names): Goal {
  const name = "default";
  const urn = makeUrn(stack, project, "", type, name);
  return bareGoal({ urn, type, name, parent: "", sourcePosition: "", stackTrace: [] }, config);
}

type NameAndPlace = Pick<Goal, "urn" | "type" | "name" | "parent" | "sourcePosition" | "stackTrace">;

function bareGoal(named: NameAndPlace, inputs: Values): Goal {
  return {
    ...named,
    custom: true,
    inputs,
    dependencies: [],
    propertyDependencies: undefined,
    provider: "",
    providers: {},
    protect: undefined,
    retainOnDelete: undefined,
    deletedWith: "",
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
  };
}

function nameAndPlace(request: RegisterResourceRequest | ReadResourceRequest, names: Names): NameAndPlace {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  refuseType(type, "getCustom" in request ? request.getCustom() : true, names.packages);
  const frames = request.getStacktrace()?.getFramesList() ?? [];
  return {
    urn: makeUrn(names.stack, names.project, parent, type, name),
    type,
    name,
    parent,
    sourcePosition: position(request.getSourceposition(), names.rootDirectory),
    stackTrace: frames.map((frame) => {
      const sourcePosition = position(frame.getPc(), names.rootDirectory);
      return sourcePosition === "" ? {} : { sourcePosition };
    }),
  };
}

function refuseType(type: string, isCustom: boolean, packages: readonly string[]): void {
  const owner = packageOf(type);
  if (isCustom && !packages.includes(owner)) {
    throw refused(
      type === "pulumi:pulumi:StackReference"
        ? "stack references"
        : `resources of the provider "${owner}" (only dynamic ones, and those of plugins that Pulumi.yaml names)`,
    );
  }
}

function refuseUnsupported(request: RegisterResourceRequest): void {
  const given: [boolean, string][] = [
    [request.getRemote(), "remote components"],
    [request.getImportid() !== "", "the `import` option"],
    [request.getTransformsList().length > 0, "transforms"],
    [request.hasHooks(), "resource hooks"],
    [request.getReplaceWithList().length > 0, "the `replaceWith` option"],
    [request.hasReplacementTrigger(), "the `replacementTrigger` option"],
    [request.getHidediffsList().length > 0, "the `hideDiffs` option"],
    [isFilled(request, "getEnvvarmappingsMap"), "the `envVarMappings` option"],
    [isFilled(request, "getStateMigrationsList"), "state migrations"],
    [request.getVersion() !== "", "the `version` option"],
    [request.getPlugindownloadurl() !== "", "the `pluginDownloadURL` option"],
    [request.getPackageref() !== "", "parameterized packages"],
  ];
  const what = given.find(([isGiven]) => isGiven)?.[1];
  if (what !== undefined) {
    throw refused(`${what} (resource "${request.getName()}")`);
  }
}

/**
 * Whether a list or map is filled that older SDKs do not know. Messages are read with the stubs of the program's own SDK, and
 * those of older ones lack the getter.
 */
function isFilled(request: object, getter: string): boolean {
  const get = (request as Record<string, unknown>)[getter];
  const value: unknown = typeof get === "function" ? get.call(request) : [];
  return Array.isArray(value) ? value.length > 0 : (value as { getLength(): number }).getLength() > 0;
}

function refuseValues(inputs: Values): void {
  const what = unsupported(inputs);
  if (what !== undefined) {
    throw refused(what);
  }
}

/** The position of a call in the project's files; empty for code outside them. */
function position(raw: SourcePosition | undefined, rootDirectory: string): string {
  if (!raw?.getUri().startsWith("file:///")) {
    return "";
  }
  const path = relative(rootDirectory, fileURLToPath(raw.getUri()));
  // Paths outside the project depend on the machine, and a state may move to another one.
  if (isAbsolute(path) || path.split(sep).some((part) => part === ".." || part === "node_modules")) {
    return "";
  }
  const column = raw.getColumn() === 0 ? "" : `,${raw.getColumn()}`;
  return `project:///${encodeURI(path)}#${raw.getLine()}${column}`;
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

function withoutZeros(timeouts: CustomTimeouts): CustomTimeouts {
  return Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value > 0));
}

/** Reads a duration such as `1h30m`. */
function seconds(text: string): number {
  const units: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  return [...text.slice(0, 100).matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (units[unit as string] ?? 0),
    0,
  );
}
