import { isObject, isSecret, makeSecret, sameValue, type Value, type Values } from "./values";

/** The path to a nested property: keys and indexes, with `*` for any. */
export type Path = (string | number)[];

/** Reads a property path such as `timeouts.delete`, `inputList[0].inputUrl` or `["a key"].x`. */
export function parsePath(text: string): Path {
  const parts = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...parts].map(([, quoted, index, name]) => {
    if (quoted !== undefined) {
      return quoted.replaceAll('\\"', '"');
    }
    return index === undefined ? (name as string) : index === "*" ? "*" : Number(index);
  });
}

/** Whether `other` is at or below `path`. */
export function covers(path: Path, other: Path): boolean {
  return path.length <= other.length && path.every((part, i) => part === "*" || part === other[i]);
}

/** The paths at which two values differ. Secret marks are ignored. */
export function changedPaths(old: Value | undefined = null, now: Value | undefined = null, at: Path = []): Path[] {
  if (isSecret(old) || isSecret(now)) {
    return changedPaths(isSecret(old) ? old.value : old, isSecret(now) ? now.value : now, at);
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    const length = Math.max(old.length, now.length);
    return Array.from({ length }, (_, i) => changedPaths(old[i], now[i], [...at, i])).flat();
  }
  if (isObject(old) && isObject(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap((key) => changedPaths(old[key], now[key], [...at, key]));
  }
  return sameValue(old, now) ? [] : [at];
}

/** The top-level keys of paths. */
export function keysOf(paths: Path[]): string[] {
  return [...new Set(paths.map(([key]) => String(key)))];
}

/**
 * Returns the new inputs, with the old values at the paths that the program ignores. Calls `onInvalid` for each path that does not
 * exist in both.
 */
export function keepIgnored(news: Values, olds: Values, paths: string[], onInvalid: (path: string) => void): Values {
  const result = structuredClone(news);
  for (const path of paths) {
    if (!reset(parsePath(path), structuredClone(olds), result, false, false)) {
      onInvalid(path);
    }
  }
  return result;
}

/** Copies the old value into the new one at a path. Returns `false` if the path does not exist in one of them. */
function reset(path: Path, olds: Value, news: Value, oldIsSecret: boolean, newIsSecret: boolean): boolean {
  if (isSecret(olds)) {
    return reset(path, olds.value, news, true, newIsSecret);
  }
  if (isSecret(news)) {
    return reset(path, olds, news.value, oldIsSecret, true);
  }
  const keep = (value: Value) => (oldIsSecret && !newIsSecret ? makeSecret(value) : value);
  const [key, ...rest] = path;
  if (key === "*") {
    return resetAll(rest, olds, news, keep, (old, now) => reset(rest, old, now, oldIsSecret, newIsSecret));
  }
  if (key === undefined) {
    return false;
  }
  if (typeof key === "number") {
    if (!Array.isArray(olds) || !Array.isArray(news)) {
      return !Array.isArray(olds) && !Array.isArray(news);
    }
    if (key >= olds.length || key >= news.length) {
      return rest.length === 0 && key >= olds.length && key >= news.length;
    }
    if (rest.length === 0) {
      news[key] = keep(olds[key] as Value);
      return true;
    }
    return reset(rest, olds[key] as Value, news[key] as Value, oldIsSecret, newIsSecret);
  }
  if (rest.length > 0) {
    if (!isObject(olds) || !isObject(news)) {
      return !isObject(olds) && !isObject(news);
    }
    const [old, now] = [olds[key], news[key]];
    if (now === undefined) {
      return old === undefined;
    }
    return reset(rest, old ?? null, now, oldIsSecret, newIsSecret);
  }
  const old = isObject(olds) ? olds[key] : undefined;
  if (!isObject(news)) {
    return old === undefined;
  }
  if (old === undefined) {
    delete news[key];
  } else {
    news[key] = keep(old);
  }
  return true;
}

function resetAll(
  rest: Path,
  olds: Value,
  news: Value,
  keep: (value: Value) => Value,
  go: (old: Value, now: Value) => boolean,
): boolean {
  if (isObject(olds) && isObject(news)) {
    if (rest.length > 0) {
      return Object.entries(olds).every(([key, old]) => news[key] !== undefined && go(old, news[key]));
    }
    for (const key of Object.keys(news)) {
      delete news[key];
    }
    Object.assign(news, Object.fromEntries(Object.entries(olds).map(([key, old]) => [key, keep(old)])));
    return true;
  }
  if (Array.isArray(olds) && Array.isArray(news)) {
    const shared = Math.min(olds.length, news.length);
    for (let i = 0; i < shared; i++) {
      if (rest.length === 0) {
        news[i] = keep(olds[i] as Value);
      } else if (!go(olds[i] as Value, news[i] as Value)) {
        return false;
      }
    }
    return olds.length === news.length;
  }
  return rest.length === 0 && (isObject(news) || Array.isArray(news));
}
