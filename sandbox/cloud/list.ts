import { refusals } from "./refusal";
import { isWellFormed, type Parameters, type Session, type Sessions } from "./sessions";
import type { Switches } from "./switches";

/** A list filtered by id never lags further behind than this. */
const LONGEST_FILTERED_LAG_MS = 4_000;

/** `DescribeLiveStreamMonitorList`: by default running sessions first, so that a stop moves sessions between pages. */
export function describeList(
  sessions: Sessions,
  asker: { accountId: string; region: string },
  parameters: Parameters,
  switches: Switches,
): Record<string, unknown> {
  const id = parameters.MonitorId ?? "";
  const page = numberOf(parameters, "PageNum", 1);
  const asked = numberOf(parameters, "PageSize", 10);
  if (asked > switches.pageSizeMax && switches.pageSizeOverMax === "refuse") {
    throw refusals.malformed("PageSize");
  }
  const size = Math.min(asked, switches.pageSizeMax);
  if (id !== "" && !isWellFormed(id)) {
    throw refusals.malformedId();
  }
  const lag = id === "" ? switches.staleListMs : Math.min(switches.staleListMs, LONGEST_FILTERED_LAG_MS);
  const status = parameters.Status ?? "";
  const found = sessions
    .listed(asker, lag)
    .filter((each) => (id === "" || each.MonitorId === id) && (status === "" || String(each.Status) === status));
  if (id !== "" && found.length === 0 && switches.unknownIdInList === "error") {
    throw refusals.noSuchSession();
  }
  const ordered = order(found, parameters.OrderRule ?? "0");
  return {
    ...(switches.totalInList === "all" ? { Total: ordered.length } : {}),
    LiveStreamMonitorList: ordered.slice((page - 1) * size, page * size).map((each) => shown(each, switches)),
  };
}

function order(sessions: Session[], rule: string): Session[] {
  const start = (each: Session) => each.StartTime;
  const sorted = [...sessions];
  if (rule === "1") {
    return sorted.sort((a, b) => start(b).localeCompare(start(a)));
  }
  if (rule === "2") {
    return sorted.sort((a, b) => start(a).localeCompare(start(b)));
  }
  return sorted.sort((a, b) => b.Status - a.Status || a.createdAt - b.createdAt);
}

/** What a list tells of a session. App and Stream are not told, except by the output addresses. */
function shown(session: Session, switches: Switches): Record<string, unknown> {
  const { region, accountId: _accountId, createdAt: _createdAt, App, Stream, StartTime, StopTime, ...told } = session;
  const stream = switches.streamInUrls === "stream" ? Stream : session.MonitorId;
  const place = `${session.Domain}/${App}/${stream}`;
  const hasUrls = switches.outputUrls === "always" || (switches.outputUrls === "running" && session.Status === 1);
  const times = Object.entries({ StartTime, StopTime }).filter(
    ([, time]) => time !== "" || switches.timesBeforeFirst === "empty",
  );
  return structuredClone({
    ...told,
    Region: region,
    AudioFrom: 1,
    InputList: switches.addsInputDefaults ? session.InputList.map(withDefaults) : session.InputList,
    ...Object.fromEntries(times),
    ...(hasUrls ? { OutputUrls: { FlvUrl: `http://${place}.flv`, RtmpUrl: `rtmp://${place}` } } : {}),
  });
}

function withDefaults(input: Record<string, unknown>, index: number): Record<string, unknown> {
  const layout = { FillMode: "none", PositionNormalized: [0, 0], PositionRefer: "topLeft" };
  return {
    Index: index + 1,
    ...input,
    LayoutConfig: { ...layout, ...(input.LayoutConfig as object | undefined) },
  };
}

function numberOf(parameters: Parameters, name: string, fallback: number): number {
  const text = parameters[name] ?? "";
  const value = text === "" ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw refusals.malformed(name);
  }
  return value;
}
