import { z } from "zod";
import { type Checker, checked } from "./validation";

type Setting = string | number | boolean;

/** One behaviour that the API's documents leave open, or that a test wants to vary. */
export interface Switch<T extends Setting = Setting> {
  /** What it controls. */
  doc: string;
  /** The section of the API's fact sheet that it comes from. */
  section: string;
  /** `choice` takes one of `choices`; `number` and `text` take other values too. */
  kind: "choice" | "number" | "text";
  default: T;
  /** Settings worth testing. */
  choices: readonly T[];
  /** Whether the documents leave it open; such switches are tested in every setting. */
  open: boolean;
  schema: Checker<T>;
}

/** A switch with these settings and no others; the first is the default. */
function choice<const T extends Setting>(section: string, choices: readonly [T, ...T[]], doc: string): Switch<T> {
  const schema = z.literal([...choices]);
  return { doc, section, kind: "choice", default: choices[0], choices, open: true, schema };
}

/** A switch that takes a number from `min` to `max`; the first of `choices` is the default. */
function amount(
  section: string,
  choices: readonly [number, ...number[]],
  [min, max]: readonly [number, number],
  doc: string,
  number: z.ZodNumber = z.int(),
): Switch<number> {
  const schema = number.min(min).max(max);
  return { doc, section, kind: "number", default: choices[0], choices, open: true, schema };
}

/** A switch that takes any short text; the first of `choices` is the default. */
function text(section: string, choices: readonly [string, ...string[]], doc: string): Switch<string> {
  const schema = z.string().min(1).max(100);
  return { doc, section, kind: "text", default: choices[0], choices, open: true, schema };
}

/** A switch that the documents settle; only tests change it. */
function settled<T extends Setting>(each: Switch<T>): Switch<T> {
  return { ...each, open: false };
}

const HOUR_MS = [0, 3_600_000] as const;

/** What Create, Update, Start, Stop and Delete do. */
const SESSIONS = {
  quota: settled(amount("2", [1000, 20], [0, 100_000], "Sessions per region and account. The real default is 20.")),
  quotaCode: text(
    "2",
    ["UserQuotaExceed", "IllegalOperation"],
    "Code with which Create refuses a session beyond the quota. Only Start and Stop document one.",
  ),
  runningQuota: settled(
    amount(
      "4.1",
      [100_000, 4],
      [0, 100_000],
      "Running sessions per account. Start documents a quota, but not its size.",
    ),
  ),
  startDelayMs: amount("4.4", [200, 0, 2000], HOUR_MS, "Time until a start shows in Status, in ms."),
  stopDelayMs: amount("4.4", [200, 0, 2000], HOUR_MS, "Time until a stop shows in Status, in ms."),
  whileChanging: choice(
    "4.4",
    ["target", "shown", "refuse"],
    "What Start and Stop do during another start or stop: go by its target state, go by the Status shown, or answer IllegalOperation.",
  ),
  neverStartedStop: choice(
    "4.4",
    ["StreamMonitorAlreadyStop", "ok"],
    "Answer to Stop for a session that has never run.",
  ),
  runningDeleteCode: text(
    "4.3",
    ["StreamMonitorAlreadyStarted", "InvalidParameter.Malformed", "IllegalOperation", "MonitorIsRunning"],
    "Code with which Delete refuses a running session. The documents do not name it.",
  ),
  runningDeleteStatus: amount(
    "4.3",
    [400, 401],
    [400, 499],
    "HTTP status of that refusal. IllegalOperation is listed with 401.",
  ),
  regionScoped: choice("7c, 9.2", [false, true], "Whether a session is visible only in its own region."),
  sessionRegion: choice(
    "7c",
    ["asked", "home"],
    "Region of a new session: the one in RegionId, or always cn-shanghai.",
  ),
  anyDomain: settled(choice("2", [true, false], "Whether any domain is accepted, or only play.example.com.")),
  duplicateNames: choice(
    "2",
    ["allowed", "refused"],
    "Whether two sessions of an account may have the same MonitorName.",
  ),
  nameLengthMax: amount("2", [1000, 64], [1, 1000], "Longest MonitorName, in characters."),
  inputListRequired: choice("2, 3", [true, false], "Whether InputList is required."),
  inputsMax: amount("6", [100, 12], [1, 1000], "Most inputs in one session. The console shows up to 12."),
  inputChecks: choice(
    "6",
    ["documented", "none"],
    "Whether LayoutId, PositionRefer and VolumeRate must be as documented.",
  ),
  updateOmitted: choice(
    "3",
    ["keep", "reset", "reset-app"],
    "What Update does to an omitted field: keep it, reset it, or reset only App.",
  ),
  emptyClears: choice("3", [true, false], "Whether an empty string in Update clears the field."),
  updateWhileRunning: choice(
    "3",
    ["apply", "next-start", "refuse"],
    "When Update changes a running session, except its inputs and name: at once, at the next start, or never (IllegalOperation).",
  ),
  unknownIdInUpdate: choice(
    "3",
    ["StreamMonitorNotExist", "InvalidMonitorId.Malformed"],
    "Update's answer to an unknown id. Its error table is not published.",
  ),
  idCheck: choice("4.4", ["uuid", "none"], "Whether an id that is not a UUID is malformed, or only unknown."),
  missingParameterCode: choice(
    "8.4, 9.24",
    ["MissingParameter", "Missing*"],
    "Code for a missing parameter: the service's, or the gateway's with the parameter's name.",
  ),
} as const;

/** What DescribeLiveStreamMonitorList does and shows. */
const LIST = {
  pageSizeDefault: amount("5", [10, 50], [1, 1000], "Sessions on a page if PageSize is omitted."),
  pageSizeMax: amount("5", [100, 10, 50], [1, 1000], "Largest page of a list, in sessions."),
  pageSizeOverMax: choice(
    "5",
    ["refuse", "clamp"],
    "Answer to a page that is too large, or to a page number or size below 1.",
  ),
  beyondLastPage: choice(
    "5",
    ["empty", "last", "refuse"],
    "Answer to a page beyond the last: empty, the last page again, or InvalidParameter.Malformed.",
  ),
  listOrder: choice(
    "5",
    ["oldest-first", "newest-first", "by-id", "unstable"],
    "Order among sessions of the same Status or StartTime. `unstable` changes with every call.",
  ),
  totalInList: choice(
    "5",
    ["all", "page", "absent"],
    "What Total counts: all sessions, those on the page, or there is no Total.",
  ),
  unknownIdInList: choice(
    "5",
    ["empty", "error"],
    "A list filtered by an unknown id: empty, or StreamMonitorNotExist.",
  ),
  staleListMs: amount(
    "4.4",
    [0, 1500, 8000],
    HOUR_MS,
    "How far lists lag behind, in ms. A list filtered by id lags at most 4 s.",
  ),
  staleListVaries: choice(
    "4.4",
    [false, true],
    "Whether each list lags by a random part of staleListMs, so that a later list may show an earlier state.",
  ),
  outputUrls: choice("5", ["always", "running", "never"], "When a list shows OutputUrls."),
  streamInUrls: choice("5", ["stream", "monitorId"], "Which value OutputUrls use as the stream name."),
  timesBeforeFirst: choice("5", ["absent", "empty"], "StartTime and StopTime before the first start or stop."),
  stopTimeWhileRunning: choice(
    "9.19",
    ["previous", "none"],
    "StopTime while a session runs again: that of the previous run, or as before the first stop.",
  ),
  addsInputDefaults: choice("6", [false, true], "Whether a list adds default values to inputs."),
  unsetFields: choice("5", ["empty", "absent"], "CallbackUrl and DingTalkWebHookUrl that were never set."),
  unsetMonitorConfig: choice(
    "2, 7",
    ["empty", "absent", "defaults"],
    "MonitorConfig that was never set. Its defaults are not published.",
  ),
  monitorConfigShown: choice(
    "7",
    ["verbatim", "rewritten"],
    "Whether MonitorConfig comes back as it was sent, or serialized again with its keys in another order.",
  ),
} as const;

/** What the gateway in front of the service does. */
const GATEWAY = {
  qps: settled(amount("1", [1, 0.5, 1000], [0.01, 1000], "Factor on all published rate limits.", z.number())),
  throttleStatus: amount("8.4", [400, 429, 503], [400, 599], "HTTP status of a throttled call."),
  throttleCode: text("8.4", ["Throttling.User", "Throttling", "Throttling.Api"], "Code of a throttled call."),
  retryAfterHeader: choice(
    "8.4",
    [false, true],
    "Whether a throttled answer has the header x-acs-retry-after, in ms, which newer SDKs read.",
  ),
  unknownKeyStatus: choice("8.4", [404, 400], "HTTP status for an unknown access key."),
  signatureStatus: choice("8.4", [400, 403], "HTTP status for a wrong signature."),
  tokenStatus: choice("8.4", [400, 401, 403, 404], "HTTP status for a missing, wrong or expired security token."),
  forbiddenCode: choice(
    "8.4",
    ["Forbidden.RAM", "NoPermission", "Forbidden"],
    "Code if the access key lacks the RAM action.",
  ),
  forbiddenStatus: choice("8.4", [403, 401], "HTTP status of that refusal."),
  unknownApiCode: choice(
    "8.4",
    ["InvalidApi.NotFound", "InvalidAction.NotFound"],
    "Code for an unknown action. Its status is 404.",
  ),
  unknownVersionCode: choice(
    "8.4",
    ["NoSuchVersion", "InvalidProduct.NotFound"],
    "Code for an unknown version: of the API (400), or of the product (404).",
  ),
  unsupportedMethodStatus: choice("8.4", [400, 403], "HTTP status for methods other than GET and POST."),
} as const;

const TABLE = { ...SESSIONS, ...LIST, ...GATEWAY };

export type SwitchName = keyof typeof TABLE;
/** How the cloud behaves where the documents leave it open, or a test wants to vary it. */
export type Switches = { -readonly [Name in SwitchName]: (typeof TABLE)[Name]["default"] };

/** All switches: what they control, and which settings are worth testing. */
export const SWITCHES: Readonly<Record<SwitchName, Switch>> = TABLE;

/** The settings of a cloud that is given none. */
export const DEFAULT_SWITCHES: Readonly<Switches> = Object.freeze(
  Object.fromEntries(Object.entries(TABLE).map(([name, each]) => [name, each.default])) as Switches,
);

const schema = z
  .strictObject(Object.fromEntries(Object.entries(TABLE).map(([name, each]) => [name, each.schema as z.ZodType])))
  .partial();

/** Checks a set of switches, and reports every mistake at once. */
export function parseSwitches(value: unknown): Partial<Switches> {
  return checked(schema, value, "switches") as Partial<Switches>;
}

/** Lists all switches with their settings, for `GET /_sandbox/switches`. */
export function describeSwitches(switches: Readonly<Switches>) {
  return (Object.keys(TABLE) as SwitchName[]).map((name) => {
    const { schema: _schema, ...shown } = SWITCHES[name];
    return { name, value: switches[name], ...shown };
  });
}
