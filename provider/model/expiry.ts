import { parseDuration } from "../base/duration";
import { expiryOf, isSameName, withExpiry, withoutExpiry } from "./names";

/** A review environment may live for months. */
export const LONGEST_TTL_MS = 365 * 24 * 3_600_000;

interface Named {
  monitorName: string;
  ttl?: string | undefined;
}

/**
 * The name that a session is sent: with `ttl`, the generated name and its expiry. A live expiry is kept until the program
 * changes `ttl`, and never becomes earlier.
 */
export function nameToSend({ monitorName, ttl }: Named, nowMs: number, live = "", isTtlEdited = true): string {
  const liveExpiry = isSameName(live, monitorName) ? expiryOf(live) : undefined;
  if (liveExpiry !== undefined && !isTtlEdited) {
    return live;
  }
  const ttlMs = ttl === undefined ? undefined : parseDuration(ttl, LONGEST_TTL_MS);
  return ttlMs === undefined
    ? withoutTtl(monitorName)
    : withExpiry(monitorName, Math.max(nowMs + ttlMs, liveExpiry ?? 0));
}

/** A name that the program chose may end like an expiry. */
function withoutTtl(name: string): string {
  return expiryOf(name) === undefined ? name : withoutExpiry(name);
}
