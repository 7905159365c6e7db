import { createHash } from "node:crypto";
import { isRunning, type LiveStreamMonitor } from "../live/types";
import { NAME_KEYS, RECORDED } from "./fields";
import { type OutputUrls, outputUrls } from "./mapping";
import type { MonitorInputs } from "./schema";

/** What the state keeps of a session beside the arguments. Every field may be missing: states outlive versions. */
export interface MonitorRecord {
  monitorId: string;
  status?: "running" | "stopped";
  startTime?: string;
  stopTime?: string;
  outputUrls?: OutputUrls;
  region?: string;
  endpoint?: string;
  accountId?: string;
  /** Ties id, region, account and endpoint together, so that an edit of one of them by hand does not pass unnoticed. */
  seal?: string;
}

/** A resource's outputs: all arguments, because refresh and delete see nothing else, and what the cloud adds. */
export type MonitorState = Partial<MonitorInputs> & MonitorRecord & Internal;

/** Kept for ourselves; Pulumi's displays hide keys that begin with two underscores. */
export interface Internal {
  __provider?: string;
  __urn?: string;
  /** Set for what `StreamMonitor.get` reads. */
  __get?: boolean;
  /** Which of the names `check` made up. */
  __auto?: string[];
  /** Set for a resource with an explicit provider that adopts a session: other resources may run in another plugin process. */
  __explicit?: boolean;
  /** Which of the names the program marked as secret: the plugin is told values, but not marks. */
  __secrets?: string[];
  /** Set when the last create or update did not come to its end. */
  __incomplete?: boolean;
  /** The name that this resource gave its session, or adopted it under, where `monitorName` and `__drift` hold another. */
  __given?: string;
  /**
   * Drift that the inputs do not show: of what nobody declared (`null`), and of what `check` made up (its value as it should
   * be, because the next `check` takes it from the inputs).
   */
  __drift?: Record<string, string | null>;
}

/** Where a session lives, and whose it is. */
export interface Origin {
  region: string;
  endpoint: string;
  accountId: string | undefined;
}

export function recordOf(monitorId: string, origin: Origin, live?: LiveStreamMonitor): MonitorRecord {
  return toPlain({
    monitorId,
    status: live && (isRunning(live) ? "running" : "stopped"),
    startTime: live?.StartTime || undefined,
    stopTime: live?.StopTime || undefined,
    outputUrls: live && outputUrls(live),
    region: origin.region,
    endpoint: origin.endpoint,
    accountId: origin.accountId,
    seal: sealOf(monitorId, origin),
  }) as unknown as MonitorRecord;
}

/** Not a secret, and no protection against malice: it catches a hand that edits the state. */
export function sealOf(monitorId: string, origin: Origin): string {
  const text = [monitorId, origin.region, origin.endpoint, origin.accountId ?? ""].join("|");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whether the record still is as it was sealed; one without a seal says nothing. */
export function isSealIntact(record: MonitorRecord): boolean {
  const { monitorId, region, endpoint, accountId, seal } = record;
  return (
    seal === undefined ||
    (region !== undefined && endpoint !== undefined && seal === sealOf(monitorId, { region, endpoint, accountId }))
  );
}

/**
 * The one way out for outputs: plain JSON, no `undefined`, no Date, no class instance. Anything else would be refused by
 * the plugin host after the session exists, and lose it.
 */
export function toPlain(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

/** Outputs that are no arguments. */
export const RECORD_KEYS = [...RECORDED, "seal"];

export function omit(values: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

export function pick(values: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
}

/** The keys whose values the program marked, of those that others are made of. */
export function markedKeys(values: Record<string, unknown>): readonly string[] {
  return Array.isArray(values.__secrets)
    ? NAME_KEYS.filter((key) => (values.__secrets as unknown[]).includes(key))
    : [];
}

/** Their values, which no error and no line may show. */
export function markedTexts(values: Record<string, unknown>): string[] {
  return markedKeys(values)
    .map((key) => values[key])
    .filter((value) => typeof value === "string");
}
