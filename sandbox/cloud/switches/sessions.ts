import { amount, choice, text } from "./switch";

const HOUR_MS = 3_600_000;
const ms = { min: 0, max: HOUR_MS };

/** What Create, Update, Start, Stop and Delete do where the documents do not say. */
export const sessionSwitches = {
  quota: amount(
    [1000, 20],
    { min: 0, max: 100_000 },
    { doc: "Sessions per region and account; the real default is 20.", section: "2", open: false },
  ),
  quotaCode: text(["UserQuotaExceed", "IllegalOperation"], {
    doc: "Code of Create's refusal beyond the quota, which only Start and Stop document.",
    section: "2",
    open: true,
  }),
  runningQuota: amount(
    [100_000, 4],
    { min: 0, max: 100_000 },
    {
      doc: "Sessions of an account that may run at a time; Start documents a quota without its size.",
      section: "4.1",
      open: false,
    },
  ),
  startDelayMs: amount([200, 0, 2000], ms, {
    doc: "How long a start takes to show, in ms.",
    section: "4.4",
    open: true,
  }),
  stopDelayMs: amount([200, 0, 2000], ms, { doc: "How long a stop takes to show, in ms.", section: "4.4", open: true }),
  whileChanging: choice(["target", "shown", "refuse"], {
    doc: "What Start and Stop answer while one of them is under way: by the state it leads to, by the Status shown, or IllegalOperation.",
    section: "4.4",
    open: true,
  }),
  neverStartedStop: choice(["StreamMonitorAlreadyStop", "ok"], {
    doc: "A stop of a session that never ran.",
    section: "4.4",
    open: true,
  }),
  runningDeleteCode: text(
    ["StreamMonitorAlreadyStarted", "InvalidParameter.Malformed", "IllegalOperation", "MonitorIsRunning"],
    { doc: "Code of the refusal to delete a running session; the page does not name it.", section: "4.3", open: true },
  ),
  runningDeleteStatus: amount(
    [400, 401],
    { min: 400, max: 499 },
    { doc: "HTTP status of that refusal; IllegalOperation is listed with 401.", section: "4.3", open: true },
  ),
  regionScoped: choice([false, true], {
    doc: "Whether a session is seen only in its own region.",
    section: "7c, 9.2",
    open: true,
  }),
  sessionRegion: choice(["asked", "home"], {
    doc: "The region a session is made in: the one that RegionId asks for, or always cn-shanghai.",
    section: "7c",
    open: true,
  }),
  anyDomain: choice([true, false], {
    doc: "Whether any domain is accepted, or only play.example.com.",
    section: "2",
    open: false,
  }),
  duplicateNames: choice(["allowed", "refused"], {
    doc: "A second session of the same MonitorName in an account.",
    section: "2",
    open: true,
  }),
  nameLengthMax: amount(
    [1000, 64],
    { min: 1, max: 1000 },
    { doc: "Longest MonitorName, in characters.", section: "2", open: true },
  ),
  inputListRequired: choice([true, false], {
    doc: "Whether InputList is required.",
    section: "2, 3",
    open: true,
  }),
  inputsMax: amount(
    [100, 12],
    { min: 1, max: 1000 },
    { doc: "Most inputs in one session; the console shows up to 12.", section: "6", open: true },
  ),
  inputChecks: choice(["documented", "none"], {
    doc: "Whether LayoutId, PositionRefer and VolumeRate must be as documented.",
    section: "6",
    open: true,
  }),
  updateOmitted: choice(["keep", "reset", "reset-app"], {
    doc: "What Update does with an omitted field: keep it, reset it, or reset App only.",
    section: "3",
    open: true,
  }),
  emptyClears: choice([true, false], {
    doc: "Whether an empty string clears a field in Update.",
    section: "3",
    open: true,
  }),
  updateWhileRunning: choice(["apply", "next-start", "refuse"], {
    doc: "What Update does to a running session beside its inputs and name: at once, at the next start, or IllegalOperation.",
    section: "3",
    open: true,
  }),
  unknownIdInUpdate: choice(["StreamMonitorNotExist", "InvalidMonitorId.Malformed"], {
    doc: "Update's answer to an id that is not there; its error table is not known.",
    section: "3",
    open: true,
  }),
  idCheck: choice(["uuid", "none"], {
    doc: "Whether an id that is no UUID is malformed, or just unknown.",
    section: "4.4",
    open: true,
  }),
  missingParameterCode: choice(["MissingParameter", "Missing*"], {
    doc: "Code for a missing parameter: the service's, or the gateway's with the parameter's name.",
    section: "8.4, 9.24",
    open: true,
  }),
} as const;
