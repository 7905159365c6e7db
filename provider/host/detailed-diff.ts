import { isObject } from "../live/types";
import type { Properties } from "../model/state";

export type Change = "add" | "delete" | "update";

/** How the declared values differ from the recorded ones, by path: what a preview shows, and what `ignoreChanges` names. */
export function detailedDiff(olds: Properties, news: Properties, keys: readonly string[]): Map<string, Change> {
  const found = new Map<string, Change>();
  for (const key of keys) {
    compare(olds[key], news[key], key, found);
  }
  return found;
}

function compare(old: unknown, now: unknown, path: string, found: Map<string, Change>): void {
  if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index += 1) {
      compare(old[index], now[index], `${path}[${index}]`, found);
    }
  } else if (isObject(old) && isObject(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      compare(old[key], now[key], `${path}${step(key)}`, found);
    }
  } else if ((old ?? undefined) !== (now ?? undefined)) {
    found.set(path, old == null ? "add" : now == null ? "delete" : "update");
  }
}

function step(key: string): string {
  return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
