import { isObject, isSecret, UNKNOWN, type Value, type Values } from "../sandbox/engine";

/** A stack's outputs, a line for each. As in Pulumi's CLI, those that say nothing are left out. */
export function shownOutputs(outputs: Values): string[] {
  return Object.entries(outputs)
    .filter(([, value]) => !isEmpty(value))
    .map(([key, value]) => `${key}: ${shown(value)}`);
}

function isEmpty(value: Value): boolean {
  const isBranch = Array.isArray(value) || isObject(value);
  return value === null || value === "" || (isBranch && Object.keys(value).length === 0);
}

/** JSON, but for what is secret, and what a preview does not know yet. */
function shown(value: Value): string {
  if (isSecret(value)) {
    return "[secret]";
  }
  if (value === UNKNOWN) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    return `[${value.map(shown).join(", ")}]`;
  }
  return isObject(value)
    ? `{${Object.entries(value)
        .map(([key, each]) => `${JSON.stringify(key)}: ${shown(each)}`)
        .join(", ")}}`
    : JSON.stringify(value);
}
