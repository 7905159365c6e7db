/** A session as the cloud keeps it. Names are the API's, except for fields that it never returns. */
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
  /** 1 while it monitors, otherwise 0; there is no third value. */
  Status: 0 | 1;
  /** UTC, such as `2017-01-11T12:00:00Z`; empty before the first start. */
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
