import type { Environment } from "./proxy";
import type { Action } from "./types";

/** Where a request goes: a bare host with port, and how. */
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
  /** Where proxies are named. Default: the process's own environment. */
  env?: Environment;
}

export interface TransportAnswer {
  httpStatus: number;
  body: Record<string, unknown>;
  /** How much was read for it. */
  bytes?: number;
}

/** Sends one request once. What it throws is a `TransportFailure` or, when the signal aborts, the signal's reason. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;
