/** The words of the ApsaraVideo Live API, version 2016-11-01, as they stand on the wire. */

export const API_VERSION = "2016-11-01";

/** The calls this provider makes. */
export type WriteAction =
  | "CreateLiveStreamMonitor"
  | "UpdateLiveStreamMonitor"
  | "StartLiveStreamMonitor"
  | "StopLiveStreamMonitor"
  | "DeleteLiveStreamMonitor";
export type ReadAction = "DescribeLiveStreamMonitorList" | "GetCallerIdentity";
export type Action = WriteAction | ReadAction;

export function isWrite(action: Action): action is WriteAction {
  return action !== "DescribeLiveStreamMonitorList" && action !== "GetCallerIdentity";
}

/** One input of a session: `InputConfig` of the API. */
export interface InputConfig {
  Index?: number;
  LayoutId?: number;
  StreamName?: string;
  InputUrl?: string;
  LayoutConfig?: {
    FillMode?: string;
    PositionNormalized?: number[];
    PositionRefer?: string;
    SizeNormalized?: number[];
  };
  PlayConfig?: { VolumeRate?: number };
}

/** What Create and Update take. `InputList` and `MonitorConfig` are strings that hold JSON. */
export interface MonitorParameters {
  MonitorName: string;
  OutputTemplate: string;
  Domain: string;
  App: string;
  Stream: string;
  InputList: string;
  MonitorConfig?: string;
  CallbackUrl?: string;
  DingTalkWebHookUrl?: string;
}

/** A session as `DescribeLiveStreamMonitorList` shows it. `App` and `Stream` are never shown. */
export interface LiveStreamMonitor {
  MonitorId: string;
  MonitorName: string;
  Domain: string;
  /** 1: monitoring (it runs, and costs money); 0: not monitoring. */
  Status: number;
  Region?: string;
  StartTime?: string;
  StopTime?: string;
  OutputTemplate?: string;
  /** JSON text, verbatim. */
  MonitorConfig?: string;
  CallbackUrl?: string;
  DingTalkWebHookUrl?: string;
  /** An array here, although the request takes a string. */
  InputList?: InputConfig[];
  OutputUrls?: { FlvUrl?: string; RtmpUrl?: string };
}

export interface MonitorList {
  /** How much was read for it. */
  bytes: number;
  RequestId: string;
  /** Absent: the answer has none. Not a number: it has one that counts nothing. */
  Total?: number;
  LiveStreamMonitorList: LiveStreamMonitor[];
  /** Items that cannot be read as sessions, such as one with an odd id: each may still be one. */
  unreadable?: readonly unknown[];
}

/** Only 0 is documented as "not monitoring": an unknown status counts as running, which costs money. */
export function isRunning(monitor: Pick<LiveStreamMonitor, "Status">): boolean {
  return monitor.Status !== 0;
}

/** Whether a session certainly is in this state: of a status that no document knows, neither is certain. */
export function isCertainly(state: "running" | "stopped", monitor: Pick<LiveStreamMonitor, "Status">): boolean {
  return monitor.Status === (state === "running" ? 1 : 0);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
