import { redact } from "../base/redact";
import { CANNOT_SEND, classify, NO_ANSWER, NOT_SENT, NOT_TRUSTED, OWN_CODES, type Verdict } from "./error-table";
import type { Action } from "./types";

export * from "./error-table";

export interface LiveErrorDetails {
  action: Action;
  code: string;
  message: string;
  httpStatus?: number | undefined;
  requestId?: string | undefined;
  /** The cloud's hint how long to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Strings that must not be shown, whatever the message holds. */
  secrets?: readonly (string | undefined)[];
}

/**
 * Every failure of a call. It has neither `id` nor a numeric `code`: Pulumi's plugin host would read the first as a partly
 * created resource and the second as a gRPC status.
 */
export class LiveError extends Error {
  readonly action: Action;
  readonly code: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly verdict: Verdict;
  readonly advice: string | undefined;
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
    // Our own codes mean nothing to a user.
    this.shortly = Object.values<string>(OWN_CODES).includes(code) ? message || "no answer" : code;
  }
}

const VERBS: Readonly<Record<string, string>> = {
  [NOT_SENT]: "could not be sent",
  [CANNOT_SEND]: "could not be sent",
  [NOT_TRUSTED]: "was not sent",
  [NO_ANSWER]: "got no answer",
};

/** The cloud refused the credential itself: another one may work, and nothing was done. */
export const refusesCredential = ({ code }: LiveError) =>
  /^(InvalidAccessKeyId(\..*)?|InvalidSecurityToken(\..*)?|MissingSecurityToken|SignatureDoesNotMatch)$/.test(code);

/** The credential was rotated, disabled or has expired, or its secret has changed. */
export const saysOutdated = ({ code }: LiveError) =>
  /^(Invalid(AccessKeyId|SecurityToken)\.(NotFound|Inactive|Expired)|SignatureDoesNotMatch)$/.test(code);

/** A list that is filtered by id may refuse an unknown id as the writes do: no document says how it answers. */
export const knowsNoSuchSession = (error: unknown) => isRefusedList(error, /^StreamMonitorNotExist$/);

/** A list was refused for its page: no document states the largest size, or what follows the last page. */
export const refusesPaging = (error: unknown) =>
  isRefusedList(error, /^(InvalidParameter|InvalidPageSize|InvalidPageNum)(\.|$)/);

/** A list was refused because the id in its filter is malformed. */
export const refusesId = (error: unknown) => isRefusedList(error, /^InvalidMonitorId\.Malformed$/);

function isRefusedList(error: unknown, code: RegExp): boolean {
  return error instanceof LiveError && error.action === "DescribeLiveStreamMonitorList" && code.test(error.code);
}
