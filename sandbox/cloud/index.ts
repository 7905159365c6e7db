/**
 * An emulated ApsaraVideo Live, written from the API's documents: the six calls on stream monitors, and `GetCallerIdentity` of
 * STS. A switch controls each behaviour that the documents leave open. `startCloud` serves it over HTTP. `Cloud` is the same
 * without HTTP; the caller supplies its clock and random numbers.
 *
 * @packageDocumentation
 */
export { type AccountKey, DEFAULT_ACCOUNTS, type KeyChange, parseAccounts } from "./api/accounts";
export { Cloud, type CloudAnswer, type CloudOptions, type CloudRequest, type Outcome } from "./api/cloud";
export type { JournalEntry } from "./api/journal";
export type { Parameters } from "./api/parameters";
export type { Session, SessionFields } from "./api/session";
export type { Asker } from "./api/sessions";
export { type FaultRule, Faults, isCommitted, parseFaults } from "./faults";
export { seeded } from "./random";
export { type CloudServer, type CloudServerOptions, startCloud } from "./server/server";
export type { Switch } from "./switches";
export { DEFAULT_SWITCHES, parseSwitches, SWITCHES, type Switches, type SwitchName } from "./switches";
