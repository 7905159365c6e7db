import type { Environment } from "./proxy";
import type { Action } from "./types";

/** Host, with port if any, and protocol. */
export interface Endpoint {
  protocol: "https" | "http";
  host: string;
}

export interface Credential {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export interface TransportRequest {
  action: Action;
  version: string;
  endpoint: Endpoint;
  query: Record<string, string>;
  credential: Credential;
  signal: AbortSignal;
  /** Environment with the proxy settings. Default: that of the process. */
  env?: Environment;
}

export interface TransportAnswer {
  httpStatus: number;
  body: Record<string, unknown>;
  /** Bytes read. */
  bytes?: number;
}

/** Sends one request once. Throws a `TransportFailure` or, when the signal aborts, its reason. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;
