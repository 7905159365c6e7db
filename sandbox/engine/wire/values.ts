/** Property values of Pulumi's protocol: plain JSON, in which a secret is an object with a signature. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Values = { [key: string]: Value };

/** The key that marks an object as a special value, and its content for a secret. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Signatures of values that only the Pulumi CLI supports. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  c44067f5952c0a294b673a41bacd8c17: "assets",
  "0def7320c3a5731c473e5ecbe6d01bc7": "archives",
};
/** The placeholder for a value that a preview does not know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface SecretValue {
  [SIGNATURE]: typeof SECRET;
  value: Value;
  [key: string]: Value;
}

export function isSecret(value: Value | undefined): value is SecretValue {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function makeSecret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Removes all secret marks from a value. */
export function unwrap(value: Value): Value {
  return isSecret(value) ? unwrap(value.value) : mapChildren(value, (child) => unwrap(child));
}

export function unwrapAll(values: Values): Values {
  return unwrap(values) as Values;
}

export function containsSecret(value: Value): boolean {
  return isSecret(value) || children(value).some(containsSecret);
}

export function containsUnknown(value: Value): boolean {
  return value === UNKNOWN || children(value).some(containsUnknown);
}

/** The name of a value inside that only the Pulumi CLI supports, if there is one. */
export function unsupported(value: Value): string | undefined {
  const signature = isObject(value) ? value[SIGNATURE] : undefined;
  const own = typeof signature === "string" ? UNSUPPORTED[signature] : undefined;
  return (
    own ??
    children(value)
      .map(unsupported)
      .find((each) => each !== undefined)
  );
}

/**
 * Marks values as secret where `like` has a secret under the same key, because the plugin does not keep secrets apart. Objects are
 * compared key by key. Any other value becomes a secret as a whole if its counterpart contains one.
 */
export function annotateSecrets(values: Values, like: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const model = like[key];
      if (model === undefined || isSecret(value)) {
        return [key, value];
      }
      if (isObject(value) && isObject(model) && !isSecret(model)) {
        return [key, annotateSecrets(value, model)];
      }
      return [key, containsSecret(model) ? makeSecret(value) : value];
    }),
  );
}

/** Whether two values are equal, including their secret marks. A missing key equals `null`. */
export function sameValue(one: Value | undefined = null, other: Value | undefined = null): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, i) => sameValue(each, other[i]));
  }
  if (isObject(one) && isObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].every((key) => sameValue(one[key], other[key]));
  }
  return one === other;
}

function children(value: Value): Value[] {
  return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
}

export function mapChildren(value: Value, change: (child: Value, key: string | number) => Value): Value {
  if (Array.isArray(value)) {
    return value.map((child, index) => change(child, index));
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child, key)]))
    : value;
}
