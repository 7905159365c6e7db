import { fromKeys, isText } from "../base/objects";
import { type TransportAnswer, TransportFailure } from "./request";
import { isId } from "./response-checks";
import { type InputConfig, isObject, type LiveStreamMonitor, type MonitorList } from "./types";

/**
 * The list in an answer. A field of an undocumented type counts as absent. Items that cannot be read as a session, or are
 * shown in two states at once, are kept apart.
 */
export function listIn({ body, bytes = 0 }: Pick<TransportAnswer, "body" | "bytes">): MonitorList {
  const items = body.LiveStreamMonitorList as unknown[];
  const monitors = new Map<string, LiveStreamMonitor>();
  const unreadable: unknown[] = [];
  const contradicted = new Set<string>();
  for (const item of items) {
    const monitor = isObject(item) && isId(item.MonitorId) ? toMonitor(item) : undefined;
    const twin = monitor && monitors.get(monitor.MonitorId);
    if (monitor === undefined) {
      unreadable.push(item);
    } else if (twin !== undefined && !Object.is(twin.Status, monitor.Status)) {
      unreadable.push(item);
      contradicted.add(monitor.MonitorId);
    } else {
      monitors.set(monitor.MonitorId, monitor);
    }
  }
  for (const id of contradicted) {
    monitors.delete(id);
  }
  return {
    bytes,
    RequestId: String(body.RequestId),
    ...(body.Total === undefined || body.Total === null ? {} : { Total: countIn(body.Total) }),
    LiveStreamMonitorList: [...monitors.values()],
    ...(unreadable.length > 0 ? { unreadable } : {}),
  };
}

/**
 * The session in a list that is filtered by its id; `undefined` for an empty list. Throws when the list shows others or
 * contradicts itself: then it does not prove that there is no such session.
 */
export function onlyIn(list: MonitorList, monitorId: string): LiveStreamMonitor | undefined {
  const { LiveStreamMonitorList: monitors, unreadable = [], Total = 0, RequestId } = list;
  const found = monitors.find((monitor) => monitor.MonitorId === monitorId);
  const odd =
    monitors.length > 0
      ? "shows other sessions instead"
      : unreadable.length > 0
        ? "shows what cannot be read as a session"
        : Total !== 0
          ? `is empty, but has a Total of ${Total}`
          : undefined;
  if (found === undefined && odd !== undefined) {
    const message = `the list filtered by ${monitorId} ${odd}`;
    throw new TransportFailure("malformed", message, 200, undefined, RequestId);
  }
  return found;
}

const TEXTS = [
  "MonitorName",
  "Domain",
  "Region",
  "StartTime",
  "StopTime",
  "OutputTemplate",
  "MonitorConfig",
  "CallbackUrl",
  "DingTalkWebHookUrl",
] as const;
const URLS = ["FlvUrl", "RtmpUrl"] as const;

function toMonitor(item: Record<string, unknown>): LiveStreamMonitor {
  const { Status, InputList, OutputUrls } = item;
  const isKnown = typeof Status === "number" || Status === "0" || Status === "1";
  return {
    MonitorId: String(item.MonitorId),
    MonitorName: "",
    Domain: "",
    Status: isKnown ? Number(Status) : Number.NaN,
    InputList: Array.isArray(InputList) ? (InputList.filter(isObject) as InputConfig[]) : [],
    ...textsIn(item, TEXTS),
    OutputUrls: isObject(OutputUrls) ? textsIn(OutputUrls, URLS) : {},
  };
}

function textsIn<Key extends string>(from: Record<string, unknown>, keys: readonly Key[]) {
  const texts = keys.filter((key) => isText(from[key]));
  return fromKeys(texts, (key) => from[key]) as Partial<Record<Key, string>>;
}

function countIn(total: unknown): number {
  const isCount = typeof total === "number" || (typeof total === "string" && /^\d{1,15}$/.test(total));
  return isCount ? Number(total) : Number.NaN;
}
