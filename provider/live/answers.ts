import { LiveError, MALFORMED } from "./errors";
import type { TransportAnswer } from "./transport";
import { type Action, type InputConfig, isObject, type LiveStreamMonitor, type MonitorList } from "./types";

/** The list in an answer, each session in the documents' types: what is of another type counts as absent. */
export function listIn({ body, bytes = 0 }: Pick<TransportAnswer, "body" | "bytes">): MonitorList {
  const items = body.LiveStreamMonitorList as Record<string, unknown>[];
  return {
    bytes,
    RequestId: String(body.RequestId),
    ...(typeof body.Total === "number" ? { Total: body.Total } : {}),
    LiveStreamMonitorList: items.map(toMonitor),
  };
}

/** A list that was filtered by an id either is empty or shows that session: anything else answers another question. */
export function onlyIn(list: MonitorList, monitorId: string): LiveStreamMonitor | undefined {
  const [first] = list.LiveStreamMonitorList;
  const found = list.LiveStreamMonitorList.find((monitor) => monitor.MonitorId === monitorId);
  if (first !== undefined && found === undefined) {
    const what = `the list filtered by ${monitorId} shows other sessions instead`;
    throw malformed("DescribeLiveStreamMonitorList", 200, what, { RequestId: list.RequestId });
  }
  return found;
}

const TEXTS = [
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
  const monitor: LiveStreamMonitor = {
    MonitorId: String(item.MonitorId),
    MonitorName: text(item.MonitorName) ?? "",
    Domain: text(item.Domain) ?? "",
    Status: isKnown ? Number(Status) : Number.NaN,
    InputList: Array.isArray(InputList) ? (InputList.filter(isObject) as InputConfig[]) : [],
    OutputUrls: {},
  };
  copyTexts(item, monitor, TEXTS);
  copyTexts(isObject(OutputUrls) ? OutputUrls : {}, monitor.OutputUrls as Partial<Record<string, string>>, URLS);
  return monitor;
}

/** A loop into what is there already, because lists are long and read often. */
function copyTexts<Key extends string>(
  from: Record<string, unknown>,
  to: Partial<Record<Key, string>>,
  keys: readonly Key[],
): void {
  for (const key of keys) {
    const value = text(from[key]);
    if (value !== undefined) {
      to[key] = value;
    }
  }
}

function malformed(action: Action, httpStatus: number, message: string, body: Record<string, unknown>): LiveError {
  return new LiveError({ action, code: MALFORMED, httpStatus, message, ...requestId(body) });
}

function requestId({ RequestId }: Record<string, unknown>): { requestId?: string } {
  return typeof RequestId === "string" ? { requestId: RequestId } : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
