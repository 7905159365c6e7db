import { readFileSync } from "node:fs";
import { isObject } from "../../provider/live/types";
import { ON_DELETE, type OnDelete } from "../../provider/model/fields";
import { isMonitorType } from "../../provider/model/resource-types";

/** What a state says of stream monitors. */
export interface StateFile {
  file: string;
  project: string;
  stack: string;
  /** When it was written, in milliseconds since 1970; `undefined` if it does not say. */
  writtenAt: number | undefined;
  /** Ids of the sessions that its resources hold. */
  held: ReadonlySet<string>;
  /** The accounts that own them. */
  accounts: ReadonlySet<string>;
  regions: ReadonlySet<string>;
  /** Creates that were cut off. */
  pending: PendingCreate[];
}

export interface PendingCreate {
  urn: string;
  /** `undefined` if it is encrypted. */
  monitorName: string | undefined;
  isGenerated: boolean;
  adopts: boolean;
  /** The session that it was to adopt, if it names one. */
  adoptedId: string | undefined;
  /** Its region is encrypted. */
  hasUnknownRegion: boolean;
  onDelete: OnDelete | undefined;
  createTimeout: string | undefined;
}

type Json = Record<string, unknown>;

/** Reads what `pulumi stack export` or `sandbox export` wrote. Throws unless it certainly is the state of one stack. */
export function readStateFile(file: string): StateFile {
  const { deployment } = jsonOf(file);
  if (!isObject(deployment)) {
    throw new Error(`${file} is not what \`pulumi stack export\` writes: it has no \`deployment\`. Nothing was done.`);
  }
  const resources = listIn(deployment.resources, file);
  const operations = listIn(deployment.pending_operations, file).filter(({ type }) => type === "creating");
  const pending = operations.map(({ resource }) => (isObject(resource) ? resource : {}));
  const urns = [...resources, ...pending].map(({ urn }) => String(urn));
  const owners = new Set(urns.map((urn) => urn.split("::").slice(0, 2).join("::")));
  const [owner = ""] = owners;
  const [, stack, project] = /^urn:pulumi:(.+)::(.+)$/.exec(owner) ?? [];
  if (owners.size !== 1 || stack === undefined || project === undefined) {
    throw new Error(
      urns.length === 0
        ? `The state in ${file} is empty, so it spares nothing. Nothing was done. Leave out --state if the stack is destroyed, and see the plan first (--save).`
        : `The state in ${file} is not that of one stack. Nothing was done.`,
    );
  }
  const monitors = resources.filter(isMonitor);
  const time = isObject(deployment.manifest) ? Date.parse(String(deployment.manifest.time)) : Number.NaN;
  return {
    file,
    project,
    stack,
    writtenAt: Number.isNaN(time) ? undefined : time,
    held: new Set(
      monitors.flatMap(({ id, outputs }) => [id, isObject(outputs) ? outputs.monitorId : undefined].filter(isText)),
    ),
    accounts: new Set(
      monitors.flatMap(({ outputs }) => (isObject(outputs) && isText(outputs.accountId) ? [outputs.accountId] : [])),
    ),
    regions: new Set([...monitors, ...pending].flatMap(({ inputs, outputs }) => [inputs, outputs].flatMap(regionIn))),
    pending: pending.filter(isMonitor).map(pendingCreate),
  };
}

function jsonOf(file: string): Json {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isObject(value) ? value : {};
  } catch (error) {
    const why = error instanceof SyntaxError ? "it is not JSON" : String((error as NodeJS.ErrnoException).code);
    throw new Error(`${file} cannot be read as a state: ${why}. Nothing was done.`);
  }
}

function pendingCreate({ urn, inputs, customTimeouts }: Json): PendingCreate {
  const {
    monitorName,
    __auto: generated,
    adopt,
    onDelete,
    timeouts,
    region,
  } = isObject(inputs) ? inputs : ({} as Json);
  const create = isObject(timeouts) ? timeouts.create : undefined;
  // With the plugin, Pulumi itself keeps the timeout, in seconds.
  const seconds = isObject(customTimeouts) ? Number(customTimeouts.create) : 0;
  return {
    urn: String(urn),
    monitorName: isText(monitorName) ? monitorName : undefined,
    isGenerated: Array.isArray(generated) && generated.includes("monitorName"),
    adopts: adopt !== undefined && adopt !== null,
    adoptedId: isObject(adopt) && isText(adopt.monitorId) ? adopt.monitorId : undefined,
    hasUnknownRegion: isObject(region),
    onDelete: ON_DELETE.find((each) => each === onDelete),
    createTimeout: seconds > 0 ? `${Math.ceil(seconds)}s` : isText(create) ? create : undefined,
  };
}

function isMonitor({ type }: Json): boolean {
  return isMonitorType(String(type));
}

function regionIn(values: unknown): string[] {
  return isObject(values) && isText(values.region) ? [values.region] : [];
}

function listIn(value: unknown, file: string): Json[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new Error(
      `${file} is not a state as Pulumi writes it: a list in it is none, or holds something else. Nothing was done.`,
    );
  }
  return value;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
