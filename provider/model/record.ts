import { createHash } from "node:crypto";
import { pickBy, withoutUndefined } from "../base/objects";
import { isRunning, type LiveStreamMonitor } from "../live/types";
import type { OutputUrls } from "./args";
import { RECORDED } from "./fields";
import { outputUrls } from "./mapping";
import { expiryOf } from "./names";

/** What the state keeps of a session beside the arguments. Every field may be missing: states outlive versions. */
export interface MonitorRecord {
  monitorId: string;
  status?: "running" | "stopped";
  startTime?: string;
  stopTime?: string;
  outputUrls?: Partial<OutputUrls>;
  /** When `ttl` ends, UTC. */
  expiresAt?: string;
  region?: string;
  endpoint?: string;
  accountId?: string;
  /** A checksum over id, region, account and endpoint: shows that one of them was edited by hand. */
  seal?: string;
}

/** Where a session is, and which account owns it. */
export interface Origin {
  region: string;
  endpoint: string;
  accountId: string | undefined;
}

/** Outputs that are no arguments. */
export const RECORD_KEYS: readonly string[] = [...RECORDED, "seal"];

export function recordOf(monitorId: string, origin: Origin, live?: LiveStreamMonitor): MonitorRecord {
  const { region, endpoint, accountId } = origin;
  return withoutUndefined({
    monitorId,
    status: live && (isRunning(live) ? ("running" as const) : ("stopped" as const)),
    startTime: live?.StartTime || undefined,
    stopTime: live?.StopTime || undefined,
    outputUrls: live && outputUrls(live),
    expiresAt: live && timeText(expiryOf(live.MonitorName)),
    region,
    endpoint,
    accountId,
    seal: sealOf(monitorId, origin),
  });
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().replace(".000", "");
}

/** Not a secret, and no protection against malice. */
export function sealOf(monitorId: string, { region, endpoint, accountId }: Origin): string {
  const text = [monitorId, region, endpoint, accountId ?? ""].join("|");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whether the origin is unchanged since it was recorded. A record without a seal was written by hand or by an import. */
export function isSealIntact(record: MonitorRecord): boolean {
  const { monitorId, region, endpoint, accountId, seal } = record;
  return (
    seal === undefined ||
    (region !== undefined && endpoint !== undefined && seal === sealOf(monitorId, { region, endpoint, accountId }))
  );
}

/**
 * The one way out for outputs: plain JSON, no `undefined`, no Date, no class instance. The plugin host would refuse anything
 * else after the session exists, and lose it.
 */
export function toPlain(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

export const pick = (values: object, keys: readonly string[]) => pickBy(values, (key) => keys.includes(key));
export const omit = (values: object, keys: readonly string[]) => pickBy(values, (key) => !keys.includes(key));
