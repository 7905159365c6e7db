import { UNKNOWN } from "../model/fields";

/** A setting of an explicit provider may arrive as a number or an object, and as unknown in a preview. */
export function configText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === UNKNOWN) {
    return undefined;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
