/**
 * An emulated ApsaraVideo Live, written from the API's documents: the six calls on stream monitors, and STS
 * `GetCallerIdentity`. What the documents leave open is a switch. `startCloud` serves it over HTTP; `Cloud` is the same
 * without HTTP, in whatever time and chance it is given.
 *
 * @packageDocumentation
 */
export { type AccountKey, DEFAULT_ACCOUNTS, type KeyChange, parseAccounts } from "./accounts";
export { Cloud, type CloudAnswer, type CloudOptions, type CloudRequest, type Outcome } from "./cloud";
export { type FaultRule, Faults, isCommitted, parseFaults } from "./faults";
export type { JournalEntry } from "./journal";
export type { Parameters } from "./parameters";
export { seeded } from "./random";
export { type CloudServer, type CloudServerOptions, startCloud } from "./server";
export type { Session, SessionFields } from "./session";
export type { Asker } from "./sessions";
export type { Switch } from "./switch";
export { DEFAULT_SWITCHES, parseSwitches, SWITCHES, type Switches, type SwitchName } from "./switches";
