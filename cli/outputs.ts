import { isObject, isSecret, UNKNOWN, type Value, type Values } from "../sandbox/engine";

/** A stack's outputs, a line for each. As in Pulumi's CLI, those that say nothing are left out. */
export function shownOutputs(outputs: Values, showSecrets = false): string[] {
  return Object.entries(outputs)
    .filter(([, value]) => !isEmpty(value))
    .map(([key, value]) => `${key}: ${shown(value, showSecrets)}`);
}

/** A stack's outputs as plain JSON: `[secret]` and `[unknown]` stand for what is not shown. */
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

/** JSON, but for what is secret, and what a preview does not know yet. */
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
