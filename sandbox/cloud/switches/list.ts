import { amount, choice } from "./switch";

/** What DescribeLiveStreamMonitorList does and shows where the documents do not say. */
export const listSwitches = {
  pageSizeDefault: amount(
    [10, 50],
    { min: 1, max: 1000 },
    { doc: "Sessions on a page when PageSize is not given.", section: "5", open: true },
  ),
  pageSizeMax: amount(
    [100, 10, 50],
    { min: 1, max: 1000 },
    { doc: "Largest page of a list.", section: "5", open: true },
  ),
  pageSizeOverMax: choice(["refuse", "clamp"], {
    doc: "What a larger page gets, and a page number or size below 1.",
    section: "5",
    open: true,
  }),
  beyondLastPage: choice(["empty", "last", "refuse"], {
    doc: "A page beyond the last: empty, the last one again, or InvalidParameter.Malformed.",
    section: "5",
    open: true,
  }),
  listOrder: choice(["oldest-first", "newest-first", "by-id", "unstable"], {
    doc: "Order among sessions of the same Status or StartTime; unstable is another one at every call.",
    section: "5",
    open: true,
  }),
  totalInList: choice(["all", "page", "absent"], {
    doc: "What Total counts: all sessions, those on the page, or it is not told.",
    section: "5",
    open: true,
  }),
  unknownIdInList: choice(["empty", "error"], {
    doc: "A list filtered by an unknown id: empty, or StreamMonitorNotExist.",
    section: "5",
    open: true,
  }),
  staleListMs: amount(
    [0, 1500, 8000],
    { min: 0, max: 3_600_000 },
    { doc: "How far lists lag behind, in ms; a list filtered by id never more than 4 s.", section: "4.4", open: true },
  ),
  staleListVaries: choice([false, true], {
    doc: "Whether each list lags by another part of staleListMs, so that a later one may show an earlier time.",
    section: "4.4",
    open: true,
  }),
  outputUrls: choice(["always", "running", "never"], {
    doc: "When a list shows OutputUrls.",
    section: "5",
    open: true,
  }),
  streamInUrls: choice(["stream", "monitorId"], {
    doc: "What stands for the stream in OutputUrls.",
    section: "5",
    open: true,
  }),
  timesBeforeFirst: choice(["absent", "empty"], {
    doc: "StartTime and StopTime before they happened.",
    section: "5",
    open: true,
  }),
  stopTimeWhileRunning: choice(["previous", "none"], {
    doc: "StopTime while a session runs again: that of the previous run, or as before the first stop.",
    section: "9.19",
    open: true,
  }),
  addsInputDefaults: choice([false, true], {
    doc: "Whether a list adds defaults to inputs.",
    section: "6",
    open: true,
  }),
  unsetFields: choice(["empty", "absent"], {
    doc: "CallbackUrl and DingTalkWebHookUrl that were never set.",
    section: "5",
    open: true,
  }),
  unsetMonitorConfig: choice(["empty", "absent", "defaults"], {
    doc: "MonitorConfig that was never set; its defaults are not known.",
    section: "2, 7",
    open: true,
  }),
  monitorConfigShown: choice(["verbatim", "rewritten"], {
    doc: "Whether MonitorConfig comes back as it was sent, or written anew with its keys in another order.",
    section: "7",
    open: true,
  }),
} as const;
