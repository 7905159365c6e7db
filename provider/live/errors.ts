import { redact } from "../base/redact";
import {
  CANNOT_SEND,
  classify,
  MALFORMED,
  NO_ANSWER,
  NOT_JSON,
  NOT_SENT,
  NOT_TRUSTED,
  type Verdict,
} from "./error-table";
import type { Action } from "./types";

export * from "./error-table";

export interface LiveErrorDetails {
  action: Action;
  code: string;
  message: string;
  httpStatus?: number;
  requestId?: string;
  /** The cloud's hint when to come back, in milliseconds. */
  retryAfterMs?: number;
  /** Strings that must not be shown, whatever the message holds. */
  secrets?: readonly (string | undefined)[];
}

/**
 * Every failure of a call, whoever caused it. It has neither `id` nor a numeric `code`: Pulumi's plugin host would take
 * the first for a half-made resource and the second for a gRPC status.
 */
export class LiveError extends Error {
  readonly action: Action;
  readonly code: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly verdict: Verdict;
  readonly advice: string | undefined;
  readonly #details: LiveErrorDetails;
  /** What went wrong in a few words, for a progress line: the code, where it is the cloud's. */
  readonly shortly: string;

  constructor(details: LiveErrorDetails) {
    const code = redact(details.code, details.secrets).slice(0, 100);
    const row = classify(details.action, details.code, details.httpStatus, details.retryAfterMs);
    const requestId = details.requestId === undefined ? undefined : redact(details.requestId, details.secrets);
    const facts = [
      details.httpStatus === undefined ? undefined : `HTTP ${details.httpStatus}`,
      requestId === undefined ? undefined : `request id ${requestId}`,
    ].filter((fact) => fact !== undefined);
    const message = row.says ?? redact(details.message, details.secrets).replace(/\.+$/, "");
    const verb = row.says === undefined ? (VERBS[code] ?? `answered ${code}`) : "was refused";
    super(`${details.action} ${verb}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}: ${message}.`);
    this.name = "LiveError";
    this.action = details.action;
    this.code = code;
    this.httpStatus = details.httpStatus;
    this.requestId = requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.verdict = row.verdict;
    this.advice = row.advice;
    this.#details = details;
    this.shortly = isOwnCode(code) ? message || "no answer" : code;
  }

  /** The same, with more that must not be shown taken out. */
  without(secrets: readonly (string | undefined)[]): LiveError {
    return new LiveError({ ...this.#details, secrets: [...(this.#details.secrets ?? []), ...secrets] });
  }
}

const VERBS: Readonly<Record<string, string>> = {
  [NOT_SENT]: "could not be sent",
  [CANNOT_SEND]: "could not be sent",
  [NOT_TRUSTED]: "was not sent",
  [NO_ANSWER]: "got no answer",
};

/** Whether a code is one of ours, which says nothing to anybody else. */
function isOwnCode(code: string): boolean {
  return [NOT_SENT, CANNOT_SEND, NOT_TRUSTED, NO_ANSWER, NOT_JSON, MALFORMED].includes(code);
}

/** Whether the cloud refused the credential itself: another one may do, and nothing was done. */
export function refusesCredential({ code }: LiveError): boolean {
  return /^(InvalidAccessKeyId(\..*)?|InvalidSecurityToken(\..*)?|MissingSecurityToken|SignatureDoesNotMatch)$/.test(
    code,
  );
}

/** Whether it is one that was rotated, disabled or has expired, or has another secret now. */
export function saysOutdated({ code }: LiveError): boolean {
  return /^(Invalid(AccessKeyId|SecurityToken)\.(NotFound|Inactive|Expired)|SignatureDoesNotMatch)$/.test(code);
}

/** Whether a list that was filtered by id was refused as the writes are: its answer to an unknown id is documented nowhere. */
export function knowsNoSuchSession(error: unknown): boolean {
  return (
    error instanceof LiveError &&
    error.action === "DescribeLiveStreamMonitorList" &&
    error.code === "StreamMonitorNotExist"
  );
}

/** Whether a list was refused for its page: the largest size is documented nowhere, nor what lies behind the last. */
export function refusesPaging(error: unknown): boolean {
  return (
    error instanceof LiveError &&
    error.action === "DescribeLiveStreamMonitorList" &&
    /^(InvalidParameter|InvalidPageSize|InvalidPageNum)(\.|$)/.test(error.code)
  );
}

/** Whether a list was refused because what it was to be filtered by is no id at all. */
export function refusesId(error: unknown): boolean {
  return (
    error instanceof LiveError &&
    error.action === "DescribeLiveStreamMonitorList" &&
    error.code === "InvalidMonitorId.Malformed"
  );
}
