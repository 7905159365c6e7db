import { z } from "zod";
import { checked } from "../api/validation";
import { gatewaySwitches } from "./gateway";
import { listSwitches } from "./list";
import { sessionSwitches } from "./sessions";
import type { Switch } from "./switch";

const TABLE = { ...sessionSwitches, ...listSwitches, ...gatewaySwitches };

export type SwitchName = keyof typeof TABLE;
/** How the cloud behaves where the documents leave it open, or a test wants it so. */
export type Switches = { -readonly [Name in SwitchName]: (typeof TABLE)[Name]["default"] };

/** All switches, with what they do and which settings are worth testing. */
export const SWITCHES: Readonly<Record<SwitchName, Switch>> = TABLE;

/** What the cloud does unless told otherwise. */
export const DEFAULT_SWITCHES: Readonly<Switches> = Object.freeze(
  Object.fromEntries(Object.entries(TABLE).map(([name, each]) => [name, each.default])) as Switches,
);

const schema = z
  .strictObject(Object.fromEntries(Object.entries(TABLE).map(([name, each]) => [name, each.schema as z.ZodType])))
  .partial();

/** Checks a set of switches, and tells every mistake at once. */
export function parseSwitches(value: unknown): Partial<Switches> {
  return checked(schema, value, "switches") as Partial<Switches>;
}

/** All switches with their settings, for people and programs that ask which there are. */
export function describeSwitches(switches: Readonly<Switches>) {
  return (Object.keys(TABLE) as SwitchName[]).map((name) => {
    const { schema: _schema, ...told } = SWITCHES[name];
    return { name, value: switches[name], ...told };
  });
}
