type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Absent rather than `undefined`: the plugin host cannot carry an `undefined`, and an SDK may send it as text. */
export function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
}
