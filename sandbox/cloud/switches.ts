import { z } from "zod";

/** One thing that the documents leave open, or that a test wants to vary. */
interface SwitchInfo {
  /** What it does. */
  doc: string;
  /** Whether the documents leave it open; such switches are tested in every setting. */
  open: boolean;
  /** Settings worth testing. */
  choices: readonly (string | number | boolean)[];
}

const ms = z.int().min(0).max(3_600_000);

const schema = z.strictObject({
  quota: z.int().min(0).max(100_000),
  pageSizeMax: z.int().min(1).max(1000),
  pageSizeOverMax: z.enum(["refuse", "clamp"]),
  startDelayMs: ms,
  stopDelayMs: ms,
  runningDeleteCode: z.string().min(1).max(100),
  runningDeleteStatus: z.int().min(400).max(499),
  staleListMs: ms,
  throttleStatus: z.int().min(400).max(599),
  throttleCode: z.string().min(1).max(100),
  qps: z.number().min(0.01).max(1000),
  regionScoped: z.boolean(),
  anyDomain: z.boolean(),
  updateOmitted: z.enum(["keep", "reset"]),
  emptyClears: z.boolean(),
  unknownIdInList: z.enum(["empty", "error"]),
  missingParameterCode: z.enum(["MissingParameter", "Missing*"]),
  inputListRequired: z.boolean(),
  outputUrls: z.enum(["always", "running", "never"]),
  streamInUrls: z.enum(["stream", "monitorId"]),
  timesBeforeFirst: z.enum(["absent", "empty"]),
  totalInList: z.enum(["all", "absent"]),
  addsInputDefaults: z.boolean(),
  unknownKeyStatus: z.union([z.literal(404), z.literal(400)]),
  signatureStatus: z.union([z.literal(400), z.literal(403)]),
  neverStartedStop: z.enum(["StreamMonitorAlreadyStop", "ok"]),
});

export type Switches = z.infer<typeof schema>;
export type SwitchName = keyof Switches;

/** What the cloud does unless told otherwise. */
export const DEFAULT_SWITCHES: Readonly<Switches> = {
  quota: 1000,
  pageSizeMax: 100,
  pageSizeOverMax: "refuse",
  startDelayMs: 200,
  stopDelayMs: 200,
  runningDeleteCode: "StreamMonitorAlreadyStarted",
  runningDeleteStatus: 400,
  staleListMs: 0,
  throttleStatus: 400,
  throttleCode: "Throttling.User",
  qps: 1,
  regionScoped: false,
  anyDomain: true,
  updateOmitted: "keep",
  emptyClears: true,
  unknownIdInList: "empty",
  missingParameterCode: "MissingParameter",
  inputListRequired: true,
  outputUrls: "always",
  streamInUrls: "stream",
  timesBeforeFirst: "absent",
  totalInList: "all",
  addsInputDefaults: false,
  unknownKeyStatus: 404,
  signatureStatus: 400,
  neverStartedStop: "StreamMonitorAlreadyStop",
};

export const SWITCHES: Readonly<Record<SwitchName, SwitchInfo>> = {
  quota: { doc: "Sessions per region and account; the real default is 20.", open: false, choices: [20, 1000] },
  pageSizeMax: { doc: "Largest page of a list.", open: true, choices: [10, 50, 100] },
  pageSizeOverMax: { doc: "What a larger page gets.", open: true, choices: ["refuse", "clamp"] },
  startDelayMs: { doc: "How long a start takes to show, in ms.", open: true, choices: [0, 200, 2000] },
  stopDelayMs: { doc: "How long a stop takes to show, in ms.", open: true, choices: [0, 200, 2000] },
  runningDeleteCode: {
    doc: "Code of the refusal to delete a running session; the page does not name it.",
    open: true,
    choices: ["StreamMonitorAlreadyStarted", "InvalidParameter.Malformed", "IllegalOperation", "MonitorIsRunning"],
  },
  runningDeleteStatus: { doc: "HTTP status of that refusal.", open: true, choices: [400, 401] },
  staleListMs: {
    doc: "How far lists lag behind, in ms; a list filtered by id never more than 4 s.",
    open: true,
    choices: [0, 1500, 8000],
  },
  throttleStatus: { doc: "HTTP status of throttling.", open: true, choices: [400, 429, 503] },
  throttleCode: {
    doc: "Code of throttling.",
    open: true,
    choices: ["Throttling.User", "Throttling", "Throttling.Api"],
  },
  qps: { doc: "Factor on all published limits.", open: false, choices: [0.5, 1, 1000] },
  regionScoped: { doc: "Whether a session is seen only in its own region.", open: true, choices: [false, true] },
  anyDomain: { doc: "Whether any domain is accepted, or only play.example.com.", open: false, choices: [true, false] },
  updateOmitted: { doc: "What Update does with an omitted field.", open: true, choices: ["keep", "reset"] },
  emptyClears: { doc: "Whether an empty string clears a field in Update.", open: true, choices: [true, false] },
  unknownIdInList: { doc: "A list filtered by an unknown id.", open: true, choices: ["empty", "error"] },
  missingParameterCode: {
    doc: "Code for a missing parameter: the service's, or the gateway's with the parameter's name.",
    open: true,
    choices: ["MissingParameter", "Missing*"],
  },
  inputListRequired: { doc: "Whether InputList is required.", open: true, choices: [true, false] },
  outputUrls: { doc: "When a list shows OutputUrls.", open: true, choices: ["always", "running", "never"] },
  streamInUrls: { doc: "What stands for the stream in OutputUrls.", open: true, choices: ["stream", "monitorId"] },
  timesBeforeFirst: { doc: "StartTime and StopTime before they happened.", open: true, choices: ["absent", "empty"] },
  totalInList: { doc: "Whether a list tells Total.", open: true, choices: ["all", "absent"] },
  addsInputDefaults: { doc: "Whether a list adds defaults to inputs.", open: true, choices: [false, true] },
  unknownKeyStatus: { doc: "HTTP status for an unknown access key.", open: true, choices: [404, 400] },
  signatureStatus: { doc: "HTTP status for a wrong signature.", open: true, choices: [400, 403] },
  neverStartedStop: {
    doc: "A stop of a session that never ran.",
    open: true,
    choices: ["StreamMonitorAlreadyStop", "ok"],
  },
};

/** Checks a set of switches, and tells every mistake at once. */
export function parseSwitches(value: unknown): Partial<Switches> {
  const result = schema.partial().safeParse(value);
  if (!result.success) {
    const mistakes = result.error.issues.map((issue) => `${issue.path.join(".") || "switches"}: ${issue.message}`);
    throw new Error(`Bad switches: ${mistakes.join("; ")}`);
  }
  return Object.fromEntries(Object.entries(result.data).filter(([, each]) => each !== undefined));
}
