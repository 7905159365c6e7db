import type { Switches } from "../switches";
import { isObject, type Parameters, parseJson, readCount, requireWellFormed } from "./parameters";
import { refusals } from "./refusal";
import type { Session } from "./session";
import type { Asker, Sessions } from "./sessions";

/** The most by which a list filtered by id lags behind. */
const LONGEST_FILTERED_LAG_MS = 4_000;
/** The thresholds of the published example, used as defaults. */
const DEFAULT_CONFIG = '{"fpsLowThres": 0.6,"brLowThres": 1.1,"eofDurationThresSec": 10}';

/**
 * `DescribeLiveStreamMonitorList`. By default, running sessions come first. So a stop moves sessions between pages, and a client
 * that reads page after page meanwhile may miss some that exist all the time.
 */
export function describeList(
  sessions: Sessions,
  asker: Asker,
  parameters: Parameters,
  switches: Switches,
  random: () => number,
): Record<string, unknown> {
  const id = parameters.MonitorId ?? "";
  const page = readCount(parameters, "PageNum", 1, switches);
  const size = pageSize(parameters, switches);
  const status = readChoice(parameters, "Status", ["0", "1"]);
  const rule = readChoice(parameters, "OrderRule", ["0", "1", "2"]);
  if (id !== "") {
    requireWellFormed(id, switches);
  }
  const candidates = sessions
    .listed(asker, lag(id !== "", switches, random))
    .filter((each) => id === "" || each.MonitorId === id);
  if (id !== "" && candidates.length === 0 && switches.unknownIdInList === "error") {
    throw refusals.noSuchSession();
  }
  const found = candidates.filter((each) => status === "" || String(each.Status) === status);
  const ordered = order(found, rule, switches, random);
  const shown = ordered.slice(...pageBounds(page, size, ordered.length, switches));
  const total = { all: { Total: ordered.length }, page: { Total: shown.length }, absent: {} }[switches.totalInList];
  return { ...total, LiveStreamMonitorList: shown.map((each) => shownFields(each, switches)) };
}

function pageSize(parameters: Parameters, switches: Switches): number {
  const asked = readCount(parameters, "PageSize", Math.min(switches.pageSizeDefault, switches.pageSizeMax), switches);
  if (asked > switches.pageSizeMax && switches.pageSizeOverMax === "refuse") {
    throw refusals.malformed("PageSize");
  }
  return Math.min(asked, switches.pageSizeMax);
}

function pageBounds(page: number, size: number, length: number, { beyondLastPage }: Switches): [number, number] {
  const last = Math.max(1, Math.ceil(length / size));
  if (page > last && beyondLastPage === "refuse") {
    throw refusals.malformed("PageNum");
  }
  const shown = beyondLastPage === "last" ? Math.min(page, last) : page;
  return [(shown - 1) * size, shown * size];
}

function readChoice(parameters: Parameters, name: string, choices: string[]): string {
  const value = parameters[name] ?? "";
  if (value !== "" && !choices.includes(value)) {
    throw refusals.malformed(name);
  }
  return value;
}

function lag(isFiltered: boolean, { staleListMs, staleListVaries }: Switches, random: () => number): number {
  const longest = isFiltered ? Math.min(staleListMs, LONGEST_FILTERED_LAG_MS) : staleListMs;
  return staleListVaries && longest > 0 ? Math.floor(random() * (longest + 1)) : longest;
}

type Comparison = (one: Session, other: Session) => number;

const BY_RULE: Readonly<Record<string, Comparison>> = {
  "1": (one, other) => compare(other.StartTime, one.StartTime),
  "2": (one, other) => compare(one.StartTime, other.StartTime),
};
const runningFirst: Comparison = (one, other) => other.Status - one.Status;

function order(sessions: Session[], rule: string, { listOrder }: Switches, random: () => number): Session[] {
  const first = BY_RULE[rule] ?? runningFirst;
  const lots = new Map(listOrder === "unstable" ? sessions.map((each) => [each, random()]) : []);
  const ties: Record<Switches["listOrder"], Comparison> = {
    "oldest-first": (one, other) => one.createdAt - other.createdAt,
    "newest-first": (one, other) => other.createdAt - one.createdAt,
    "by-id": (one, other) => compare(one.MonitorId, other.MonitorId),
    unstable: (one, other) => (lots.get(one) ?? 0) - (lots.get(other) ?? 0),
  };
  return [...sessions].sort((one, other) => first(one, other) || ties[listOrder](one, other));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What a list shows of a session. App and Stream appear only in the output addresses. */
function shownFields(session: Session, switches: Switches): Record<string, unknown> {
  const { MonitorId, MonitorName, Domain, App, Stream, Status, OutputTemplate, InputList, region } = session;
  const place = `${Domain}/${App}/${switches.streamInUrls === "stream" ? Stream : MonitorId}`;
  const hasUrls = switches.outputUrls === "always" || (switches.outputUrls === "running" && Status === 1);
  return {
    MonitorId,
    MonitorName,
    Domain,
    Status,
    Region: region,
    OutputTemplate,
    AudioFrom: 1,
    InputList: structuredClone(switches.addsInputDefaults ? InputList.map(withDefaults) : InputList),
    ...times(session, switches),
    ...texts(session, switches),
    ...(hasUrls ? { OutputUrls: { FlvUrl: `http://${place}.flv`, RtmpUrl: `rtmp://${place}` } } : {}),
  };
}

function times({ StartTime, StopTime, Status }: Session, { timesBeforeFirst, stopTimeWhileRunning }: Switches) {
  const stopped = Status === 1 && stopTimeWhileRunning === "none" ? "" : StopTime;
  return without(timesBeforeFirst === "absent" ? "" : undefined, { StartTime, StopTime: stopped });
}

function texts(session: Session, { unsetFields, unsetMonitorConfig, monitorConfigShown }: Switches) {
  const { MonitorConfig, CallbackUrl, DingTalkWebHookUrl } = session;
  const unset = unsetMonitorConfig === "defaults" ? DEFAULT_CONFIG : "";
  const config =
    MonitorConfig === "" ? unset : monitorConfigShown === "rewritten" ? rewritten(MonitorConfig) : MonitorConfig;
  return {
    ...without(unsetMonitorConfig === "absent" ? "" : undefined, { MonitorConfig: config }),
    ...without(unsetFields === "absent" ? "" : undefined, { CallbackUrl, DingTalkWebHookUrl }),
  };
}

function without(value: string | undefined, fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== value));
}

/** The same JSON value, with its keys in reverse order. */
function rewritten(config: string): string {
  const value = parseJson(config);
  return isObject(value) ? JSON.stringify(Object.fromEntries(Object.entries(value).reverse()), undefined, 1) : config;
}

function withDefaults(input: Record<string, unknown>, index: number): Record<string, unknown> {
  const layout = { FillMode: "none", PositionNormalized: [0, 0], PositionRefer: "topLeft" };
  return {
    Index: index + 1,
    ...input,
    LayoutConfig: { ...layout, ...(isObject(input.LayoutConfig) ? input.LayoutConfig : {}) },
  };
}
