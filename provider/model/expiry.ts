import { parseDuration } from "../base/duration";
import { expiryOf, isSameName, withExpiry, withoutExpiry } from "./names";
import { generatedNames, type Internal } from "./state";

/** A review environment may live for months. */
export const LONGEST_TTL_MS = 365 * 24 * 3_600_000;

type Named = Internal & { monitorName: string; ttl?: string | undefined };

/**
 * The name that a session is sent: with `ttl`, the generated name and its expiry. A live expiry is kept until the program
 * changes `ttl`, and never becomes earlier.
 */
export function nameToSend(named: Named, nowMs: number, live = "", isTtlEdited = true): string {
  const { monitorName, ttl } = named;
  // A name that the program chose may end like an expiry, and stays as it is.
  const isGenerated = generatedNames(named).includes("monitorName");
  const liveExpiry = isSameName(live, monitorName) ? expiryOf(live) : undefined;
  if (liveExpiry !== undefined && !isTtlEdited) {
    return live;
  }
  const ttlMs = ttl === undefined ? undefined : parseDuration(ttl, LONGEST_TTL_MS);
  if (ttlMs !== undefined) {
    return withExpiry(monitorName, Math.max(nowMs + ttlMs, liveExpiry ?? 0));
  }
  return isGenerated ? withoutExpiry(monitorName) : monitorName;
}
