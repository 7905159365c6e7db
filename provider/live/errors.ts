import { redact } from "../redact";
import { type Action, isWrite } from "./types";

/**
 * What an answer means for the one who asked.
 * - `ok`: the thing asked for is already so.
 * - `gone`: the cloud says that there is no such session. Whether to believe it is decided elsewhere (see gone.ts).
 * - `busy`: refused, perhaps because the session runs; look at it, then decide.
 * - `throttled`: refused by a rate limit; nothing happened; send again, more slowly.
 * - `transient`: nothing happened, or it does not matter whether it did; send again.
 * - `ambiguous`: it may or may not have happened; look before sending again.
 * - `fatal`: sending it again cannot help.
 */
export type Verdict = "ok" | "gone" | "busy" | "throttled" | "transient" | "ambiguous" | "fatal";

/** Codes of our own, for what is no answer of the API. */
export const NOT_SENT = "NotSent";
export const NO_ANSWER = "NoAnswer";
export const NOT_JSON = "NotJson";
export const MALFORMED = "Malformed";

export interface ErrorRow {
  /** The call, or a class of calls, to which the row applies. */
  readonly action: Action | "any" | "read" | "write";
  /** The exact code, `Prefix.*` for the prefix and all below it, `Prefix*` for all that begin so, `*` for any. */
  readonly code: string;
  /** Only for these HTTP statuses; any status when absent. `5xx` stands for 500 and above. */
  readonly status?: readonly number[] | "5xx";
  readonly verdict: Verdict;
  /** Where this is written down; `assumed` where no document says it. */
  readonly source: string;
  /** What to do about it, as the end of an error message. */
  readonly advice?: string;
}

const KEY_ADVICE =
  "Check the access key: is it the right one, is it enabled, and has it (or its security token) expired? On destroy and refresh Pulumi uses the configuration saved by the last `pulumi up`; credentials from the environment or `--run-program` are the way round a key that was rotated in the configuration.";
const SECRET_ADVICE =
  "The secret does not belong to this access key: check that both are of one key, and copied whole. On destroy and refresh Pulumi uses the configuration saved by the last `pulumi up`; credentials from the environment come from where the command is run.";
const RAM_ADVICE = "Grant the RAM user or role this action on resource `*`; the README lists the whole policy.";
const STS_ADVICE =
  "Let the RAM user or role call sts:GetCallerIdentity, or set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1 to trust the credentials.";
const CLOCK_ADVICE = "This machine's clock is more than 15 minutes off; set it right.";
const ENDPOINT_ADVICE =
  "The endpoint does not serve this API; check `alicloud:endpoints` and ALIBABA_CLOUD_ENDPOINT_LIVE.";

/**
 * The one error table: the first row that fits decides. Everything else in the provider asks this table and compares
 * no code itself. HTTP statuses are used only where the code is not known: the documents contradict each other on them,
 * and a 404 by itself says nothing about the session (an unknown access key is answered with a 404 too).
 */
export const errorTable: readonly ErrorRow[] = [
  // Rate limits: HTTP 400 by the documents, 429 and 503 elsewhere, so only the code counts.
  { action: "any", code: "Throttling.*", verdict: "throttled", source: "common error codes" },
  { action: "any", code: "Rejected.Throttling", verdict: "throttled", source: "assumed, other products use it" },

  // Already so.
  {
    action: "StartLiveStreamMonitor",
    code: "StreamMonitorAlreadyStarted",
    verdict: "ok",
    source: "StartLiveStreamMonitor, error codes",
  },
  {
    action: "StopLiveStreamMonitor",
    code: "StreamMonitorAlreadyStop",
    verdict: "ok",
    source: "StopLiveStreamMonitor, error codes",
  },

  // The only code that says a session is gone, and only in the answer to a call that named it.
  { action: "write", code: "StreamMonitorNotExist", verdict: "gone", source: "Start, Stop, Delete: error codes" },

  // Who asks: never "gone", whatever the HTTP status.
  { action: "any", code: "InvalidAccessKeyId.*", verdict: "fatal", source: "common error codes", advice: KEY_ADVICE },
  {
    action: "any",
    code: "SignatureDoesNotMatch",
    verdict: "fatal",
    source: "common error codes",
    advice: SECRET_ADVICE,
  },
  { action: "any", code: "IncompleteSignature", verdict: "fatal", source: "common error codes", advice: KEY_ADVICE },
  { action: "any", code: "InvalidSignatureMethod", verdict: "fatal", source: "common error codes", advice: KEY_ADVICE },
  { action: "any", code: "MissingSecurityToken", verdict: "fatal", source: "common error codes", advice: KEY_ADVICE },
  { action: "any", code: "InvalidSecurityToken.*", verdict: "fatal", source: "common error codes", advice: KEY_ADVICE },
  { action: "any", code: "InvalidTimeStamp.*", verdict: "fatal", source: "common error codes", advice: CLOCK_ADVICE },
  { action: "GetCallerIdentity", code: "Forbidden.*", verdict: "fatal", source: "common codes", advice: STS_ADVICE },
  { action: "GetCallerIdentity", code: "NoPermission.*", verdict: "fatal", source: "assumed", advice: STS_ADVICE },
  { action: "any", code: "Forbidden.*", verdict: "fatal", source: "common error codes", advice: RAM_ADVICE },
  { action: "any", code: "NoPermission.*", verdict: "fatal", source: "assumed", advice: RAM_ADVICE },
  {
    action: "any",
    code: "InvalidIdentity.ServiceDisabled",
    verdict: "fatal",
    source: "Live public error codes",
    advice: "ApsaraVideo Live is not activated, or is suspended, for this account.",
  },
  // A nonce is used once per call of ours: a second sight of it means that the network doubled the request.
  { action: "write", code: "SignatureNonceUsed", verdict: "ambiguous", source: "common error codes" },
  { action: "read", code: "SignatureNonceUsed", verdict: "transient", source: "common error codes" },

  // What was asked, and of whom.
  { action: "any", code: "InvalidApi.NotFound", verdict: "fatal", source: "common codes", advice: ENDPOINT_ADVICE },
  { action: "any", code: "InvalidAction.NotFound", verdict: "fatal", source: "common codes", advice: ENDPOINT_ADVICE },
  { action: "any", code: "InvalidProduct.NotFound", verdict: "fatal", source: "common codes", advice: ENDPOINT_ADVICE },
  { action: "any", code: "NoSuchVersion", verdict: "fatal", source: "common error codes", advice: ENDPOINT_ADVICE },
  {
    action: "any",
    code: "InvalidDomain.NotFound",
    verdict: "fatal",
    source: "Live public error codes",
    advice: "`domain` must be a live streaming domain of this account.",
  },
  { action: "any", code: "Missing*", verdict: "fatal", source: "Delete, error codes; gateway error codes" },
  { action: "any", code: "InvalidMonitorId.Malformed", verdict: "fatal", source: "Start, Stop, Delete: error codes" },
  { action: "any", code: "InvalidUserId.Malformed", verdict: "fatal", source: "Start, Stop, Delete: error codes" },
  {
    action: "any",
    code: "UserQuotaExceed",
    verdict: "fatal",
    source: "Start, Stop: error codes",
    advice: "The account's quota is used up (20 sessions per region by default): delete sessions, or ask for more.",
  },

  // No answer of the API. A request that never left did nothing; anything else may have been carried out.
  { action: "any", code: NOT_SENT, verdict: "transient", source: "the connection was never made" },
  { action: "read", code: NO_ANSWER, verdict: "transient", source: "time-out or broken connection" },
  { action: "write", code: NO_ANSWER, verdict: "ambiguous", source: "time-out or broken connection" },
  { action: "read", code: NOT_JSON, verdict: "transient", source: "a proxy's page, a cut answer" },
  { action: "write", code: NOT_JSON, verdict: "ambiguous", source: "a proxy's page, a cut answer" },
  { action: "read", code: MALFORMED, verdict: "transient", source: "not the documented answer" },
  { action: "write", code: MALFORMED, verdict: "ambiguous", source: "not the documented answer" },
  { action: "read", code: "*", status: "5xx", verdict: "transient", source: "InternalError, ServiceUnavailable" },
  { action: "write", code: "*", status: "5xx", verdict: "ambiguous", source: "InternalError, ServiceUnavailable" },

  { action: "read", code: "InternalError", verdict: "transient", source: "Start, Stop, Delete: error codes" },
  { action: "write", code: "InternalError", verdict: "ambiguous", source: "Start, Stop, Delete: error codes" },
  { action: "read", code: "ServiceUnavailable.*", verdict: "transient", source: "common error codes" },
  { action: "write", code: "ServiceUnavailable.*", verdict: "ambiguous", source: "common error codes" },
  { action: "read", code: "*", status: [408, 499], verdict: "transient", source: "assumed: a time-out on the way" },
  { action: "write", code: "*", status: [408, 499], verdict: "ambiguous", source: "assumed: a time-out on the way" },

  // "A running session cannot be deleted: HTTP 400" — under a code that no page names.
  {
    action: "DeleteLiveStreamMonitor",
    code: "*",
    status: [400, 401],
    verdict: "busy",
    source: "DeleteLiveStreamMonitor, Important",
  },

  { action: "any", code: "*", verdict: "fatal", source: "anything the documents do not know" },
];

function fits(row: ErrorRow, action: Action, code: string, httpStatus: number | undefined): boolean {
  const actionFits =
    row.action === "any" || row.action === action || row.action === (isWrite(action) ? "write" : "read");
  if (!actionFits) {
    return false;
  }
  if (row.status !== undefined) {
    const status = httpStatus ?? 0;
    if (row.status === "5xx" ? status < 500 : !row.status.includes(status)) {
      return false;
    }
  }
  if (row.code === "*") {
    return true;
  }
  if (row.code.endsWith(".*")) {
    const prefix = row.code.slice(0, -2);
    return code === prefix || code.startsWith(`${prefix}.`);
  }
  if (row.code.endsWith("*")) {
    return code.startsWith(row.code.slice(0, -1));
  }
  return code === row.code;
}

/** The row that decides about an answer. The last row takes everything, so there always is one. */
export function classify(action: Action, code: string, httpStatus?: number): ErrorRow {
  const row = errorTable.find((candidate) => fits(candidate, action, code, httpStatus));
  if (row === undefined) {
    throw new Error("the error table has no last row");
  }
  return row;
}

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
    const row = classify(details.action, details.code, details.httpStatus);
    const requestId = details.requestId === undefined ? undefined : redact(details.requestId, details.secrets);
    const facts = [
      details.httpStatus === undefined ? undefined : `HTTP ${details.httpStatus}`,
      requestId === undefined ? undefined : `request id ${requestId}`,
    ].filter((fact) => fact !== undefined);
    const message = redact(details.message, details.secrets).replace(/\.+$/, "");
    const verb = code === NOT_SENT ? "could not be sent" : code === NO_ANSWER ? "got no answer" : `answered ${code}`;
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

/** Whether a code is one of ours, which says nothing to anybody else. */
function isOwnCode(code: string): boolean {
  return [NOT_SENT, NO_ANSWER, NOT_JSON, MALFORMED].includes(code);
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
    /^(InvalidParameter|InvalidPageSize)(\.|$)/.test(error.code)
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
