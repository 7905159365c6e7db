/**
 * An emulated ApsaraVideo Live, written from the API's documents: the six calls on stream monitors, and STS
 * `GetCallerIdentity`. What the documents leave open is a switch.
 *
 * @packageDocumentation
 */
export { type AccountKey, DEFAULT_ACCOUNTS, parseAccounts } from "./accounts";
export {
  Cloud,
  type CloudAnswer,
  type CloudOptions,
  type CloudRequest,
  type JournalEntry,
  type Outcome,
} from "./cloud";
export { type FaultRule, parseFaults, seeded } from "./faults";
export { type CloudServer, type CloudServerOptions, startCloud } from "./server";
export type { Session } from "./sessions";
export { DEFAULT_SWITCHES, parseSwitches, SWITCHES, type Switches, type SwitchName } from "./switches";
