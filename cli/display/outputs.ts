import { isObject, isSecret, UNKNOWN, type Value, type Values } from "../../sandbox/engine";

/** A stack's outputs, one per line. Empty ones are left out, as in the Pulumi CLI. */
export function shownOutputs(outputs: Values, showSecrets = false): string[] {
  return Object.entries(outputs)
    .filter(([, value]) => !isEmpty(value))
    .map(([key, value]) => `${key}: ${shown(value, showSecrets)}`);
}

/** A stack's outputs as plain JSON, with `[secret]` and `[unknown]` for values that are not shown. */
export function outputsAsJson(value: Value, showSecrets = false): Value {
  if (isSecret(value)) {
    return showSecrets ? outputsAsJson(value.value ?? null, showSecrets) : "[secret]";
  }
  if (value === UNKNOWN) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    return value.map((each) => outputsAsJson(each, showSecrets));
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, outputsAsJson(each, showSecrets)]))
    : value;
}

function isEmpty(value: Value): boolean {
  const isBranch = Array.isArray(value) || isObject(value);
  return value === null || value === "" || (isBranch && Object.keys(value).length === 0);
}

/** A value as JSON, except for secrets and values that a preview does not know. */
function shown(value: Value, showSecrets: boolean): string {
  if (isSecret(value)) {
    return showSecrets ? shown(value.value ?? null, showSecrets) : "[secret]";
  }
  if (value === UNKNOWN) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    return `[${value.map((each) => shown(each, showSecrets)).join(", ")}]`;
  }
  return isObject(value)
    ? `{${Object.entries(value)
        .map(([key, each]) => `${JSON.stringify(key)}: ${shown(each, showSecrets)}`)
        .join(", ")}}`
    : JSON.stringify(value);
}
