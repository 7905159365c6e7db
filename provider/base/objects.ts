type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Absent rather than `undefined`: the plugin host cannot carry an `undefined`, and an SDK may send it as text. */
export function withoutUndefined<T extends object>(value: T): Defined<T> {
  return pickBy(value, (_key, each) => each !== undefined) as Defined<T>;
}

/** The properties for which `keep` says so. */
export function pickBy(values: object, keep: (key: string, value: unknown) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => keep(key, value)));
}

/** An object with these keys, and a value made for each. */
export function fromKeys<K extends string, V>(keys: readonly K[], make: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, V>;
}

/** The properties of anything that was thrown or came from outside; none of what has none. */
export function propertiesOf(value: unknown): Record<string, unknown> {
  return (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

type Cache<K, V> = { get(key: K): V | undefined; set(key: K, value: V): unknown };

/** What a map has for a key, made when first asked for. */
export function entry<K, V>(cache: Cache<K, V>, key: K, make: () => V): V {
  const found = cache.get(key) ?? make();
  cache.set(key, found);
  return found;
}

/** Makes something when it is first asked for. What could not be made is tried again. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What `make` returns; `undefined` if it throws. */
export function ifPossible<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** The value of a JSON text; `undefined` if it is none. */
export function parsed(text: string): unknown {
  return ifPossible(() => JSON.parse(text));
}
