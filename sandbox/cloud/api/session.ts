/** A session as the cloud keeps it; names are the API's own, but for what it never tells. */
export interface Session {
  MonitorId: string;
  MonitorName: string;
  Domain: string;
  App: string;
  Stream: string;
  OutputTemplate: string;
  InputList: Record<string, unknown>[];
  MonitorConfig: string;
  CallbackUrl: string;
  DingTalkWebHookUrl: string;
  /** 1 while it monitors, else 0; there is no third value. */
  Status: 0 | 1;
  /** UTC, such as `2017-01-11T12:00:00Z`; empty before the first. */
  StartTime: string;
  StopTime: string;
  region: string;
  accountId: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** The fields that a client sets. */
export type SessionFields = Pick<
  Session,
  | "MonitorName"
  | "Domain"
  | "App"
  | "Stream"
  | "OutputTemplate"
  | "InputList"
  | "MonitorConfig"
  | "CallbackUrl"
  | "DingTalkWebHookUrl"
>;
