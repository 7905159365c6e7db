import type { Action } from "./types";

export type Environment = Readonly<Record<string, string | undefined>>;

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

/**
 * What went wrong with one request.
 * - `refusal`: the API's own error, with its code.
 * - `unsendable`: the request cannot be made, or can never reach the cloud as things are set: nothing was sent.
 * - `untrusted`: TLS failed before anything was sent.
 * - `not-sent`: no connection was made: nothing was sent.
 * - `no-answer`, `not-json`: it was sent, and no answer of the API came back.
 * - `malformed`: an answer came back that is not as the API documents it.
 */
export type FailureKind = "refusal" | "unsendable" | "untrusted" | "not-sent" | "no-answer" | "not-json" | "malformed";

/** As much as is known, unclassified. The message is in our own words, unless it is the API's. */
export class TransportFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly httpStatus?: number,
    readonly code?: string,
    readonly requestId?: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = "TransportFailure";
  }
}
