import { providerUrn, qualifiedType } from "../urn";
import type { Value, Values } from "../wire/values";

/**
 * A resource in the state, with the field names of Pulumi's deployment JSON. Object identity matters: during a replacement, two
 * states have the same URN. Secrets are plain in memory and encrypted in the file.
 */
export interface ResourceState {
  urn: string;
  custom: boolean;
  /** Replaced, but not deleted yet. */
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: Values;
  outputs?: Values;
  parent?: string;
  protect?: boolean;
  /** Only read by the stack, not owned. */
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  /** `<urn>::<id>` of the provider resource that manages it. */
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  /** Deleted, but its replacement is not created yet. */
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  /** The URN before this operation. Never written; references are renamed instead. */
  aliases?: string[];
  customTimeouts?: CustomTimeouts;
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  /** Other fields that the Pulumi CLI may have written stay unchanged. */
  [other: string]: unknown;
}

export interface CustomTimeouts {
  create?: number;
  update?: number;
  delete?: number;
  read?: number;
}

/** An operation that began and may not have ended. */
export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading";
}

export interface Snapshot {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}

/** All URNs that a resource refers to, except its parent's. */
export function dependenciesOf(state: ResourceState): Set<string> {
  return new Set([
    ...(state.dependencies ?? []),
    ...Object.values(state.propertyDependencies ?? {}).flat(),
    ...(state.deletedWith ? [state.deletedWith] : []),
    ...(state.provider ? [providerUrn(state.provider)] : []),
  ]);
}

/**
 * The changes to resources after others have gone: references to those are removed, and a child of one moves to its grandparent.
 */
export function dangling(resources: ResourceState[]): Map<ResourceState, Partial<ResourceState>> {
  const all = new Set(resources.map((each) => each.urn));
  const known = new Set<string>();
  const parents = new Map<string, string | undefined>();
  const changes = new Map<ResourceState, Partial<ResourceState>>();
  for (const state of resources) {
    const keep = (urns: string[]) => urns.filter((urn) => known.has(urn));
    const { dependencies = [], propertyDependencies = {}, deletedWith, parent } = state;
    // A property that depends on nothing loses its entry, as in Pulumi's own engine.
    const kept = Object.entries(propertyDependencies).map(([key, urns]) => [key, keep(urns)] as const);
    const whole = {
      dependencies: keep(dependencies),
      propertyDependencies: Object.fromEntries(kept.filter(([, urns]) => urns.length > 0)),
      deletedWith: deletedWith && known.has(deletedWith) ? deletedWith : "",
      parent: parent && !all.has(parent) ? (parents.get(parent) ?? "") : (parent ?? ""),
    };
    const before = { dependencies, propertyDependencies, deletedWith: deletedWith ?? "", parent: parent ?? "" };
    if (JSON.stringify(whole) !== JSON.stringify(before)) {
      changes.set(state, whole);
    }
    known.add(state.urn);
    parents.set(state.urn, whole.parent);
  }
  return changes;
}

/** Replaces old URNs by current ones in all references. */
export function withCurrentUrns(resources: ResourceState[]): ResourceState[] {
  const renamed = new Map<string, string>();
  for (const { urn, type, parent, aliases = [] } of resources) {
    for (const alias of aliases) {
      renamed.set(alias, urn);
    }
    const newParent = parent === undefined ? undefined : renamed.get(parent);
    if (newParent !== undefined && qualifiedType(newParent) !== "pulumi:pulumi:Stack") {
      const [stack = "", project = ""] = urn.split("::");
      const name = urn.split("::").slice(3).join("::");
      renamed.set(urn, [stack, project, `${qualifiedType(newParent)}$${type}`, name].join("::"));
    }
  }
  if (renamed.size === 0) {
    return resources;
  }
  const isTouched = (state: ResourceState) =>
    [state.urn, state.parent, ...dependenciesOf(state)].some((urn) => urn !== undefined && renamed.has(urn));
  return resources.map((state) => (isTouched(state) ? rename(state, (urn) => renamed.get(urn) ?? urn) : state));
}

function rename(state: ResourceState, now: (urn: string) => string): ResourceState {
  const { parent, provider, dependencies, propertyDependencies, deletedWith, aliases: _done, ...rest } = state;
  const renameAll = (urns: string[]) => urns.map(now);
  return {
    ...rest,
    urn: now(state.urn),
    ...(parent === undefined ? {} : { parent: now(parent) }),
    ...(provider === undefined ? {} : { provider: `${now(providerUrn(provider))}::${provider.split("::").at(-1)}` }),
    ...(dependencies === undefined ? {} : { dependencies: renameAll(dependencies) }),
    ...(deletedWith === undefined ? {} : { deletedWith: now(deletedWith) }),
    ...(propertyDependencies === undefined
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([key, urns]) => [key, renameAll(urns)]),
          ),
        }),
  };
}

/** The known times of a resource. */
export function timesOf(old: ResourceState | undefined): { created?: string; modified?: string } {
  return {
    ...(old?.created === undefined ? {} : { created: old.created }),
    ...(old?.modified === undefined ? {} : { modified: old.modified }),
  };
}

/** The order of fields in Pulumi's deployment JSON. */
const FIELDS = [
  ...["urn", "custom", "delete", "id", "type", "inputs", "outputs", "parent", "protect", "taint", "external"],
  ...["dependencies", "initErrors", "provider", "propertyDependencies", "pendingReplacement"],
  ...["additionalSecretOutputs", "customTimeouts", "importID", "retainOnDelete", "deletedWith", "replaceWith"],
  ...["created", "modified", "sourcePosition", "stackTrace", "ignoreChanges", "hideDiff", "replaceOnChanges"],
];

/** A resource as Pulumi writes it: fields in Pulumi's order, without empty ones, secrets encrypted. */
export function written(state: ResourceState, seal: (value: Value, key: string) => Value): Record<string, unknown> {
  const { aliases: _done, ...rest } = state;
  const others = Object.keys(rest).filter((key) => !FIELDS.includes(key));
  const entries = [...FIELDS, ...others].map((key) => {
    const value = rest[key];
    return [
      key,
      (key === "inputs" || key === "outputs") && value !== undefined ? seal(value as Value, key) : value,
    ] as const;
  });
  return Object.fromEntries(entries.filter(([key, value]) => key === "custom" || !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}
