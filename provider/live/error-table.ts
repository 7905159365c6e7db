import { type Action, isWrite } from "./types";

/**
 * What an answer means for the one who asked.
 * - `ok`: the thing asked for is already so.
 * - `gone`: the cloud says that there is no such session. `lifecycle/verify-gone.ts` decides whether that counts.
 * - `busy`: refused, perhaps because the session runs; look at it, then decide.
 * - `throttled`: refused by a rate limit; nothing happened; send again, more slowly.
 * - `transient`: nothing happened, or it does not matter whether it did; send again.
 * - `ambiguous`: it may or may not have happened; look before sending again.
 * - `fatal`: sending it again cannot help.
 */
export type Verdict = "ok" | "gone" | "busy" | "throttled" | "transient" | "ambiguous" | "fatal";

/** Our own codes, for everything that is not an answer of the API. */
export const NOT_SENT = "NotSent";
export const NO_ANSWER = "NoAnswer";
export const NOT_JSON = "NotJson";
export const MALFORMED = "Malformed";
export const CANNOT_SEND = "CannotSend";
export const NOT_TRUSTED = "NotTrusted";

export interface ErrorRow {
  /** The call, or a class of calls, to which the row applies. */
  readonly action: Action | "any" | "read" | "write";
  /** The exact code, `Prefix.*` for the prefix and all below it, `Prefix*` for all that begin so, `*` for any. */
  readonly code: string;
  /** Only for these HTTP statuses; any status when absent. `2xx` and `4xx` are those hundred, `5xx` is 500 and above. */
  readonly status?: readonly number[] | "2xx" | "4xx" | "5xx";
  /** Only for an answer that says when to come back, by the header `x-acs-retry-after`. */
  readonly comeBack?: true;
  readonly verdict: Verdict;
  /** The source; `assumed` where no document says it. */
  readonly source: string;
  /** Our own words for it, in place of what the answer says. */
  readonly says?: string;
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
const TOO_LONG_ADVICE =
  "All parameters travel in the request line. Declare fewer inputs or shorter stream URLs, or split the inputs over several monitors.";
const PROXY_ADVICE =
  "Put the proxy's credentials into the variable that names it (HTTPS_PROXY=http://user:password@host:port), or exempt the endpoint by NO_PROXY.";
const TLS_ADVICE =
  "If a proxy or the network signs its own certificates, set NODE_EXTRA_CA_CERTS to the file of its CA. Otherwise check the endpoint, and this machine's clock.";

/**
 * The one error table: the first row that fits decides. Everything else in the provider asks this table and compares
 * no code itself. HTTP statuses are used only where the code is not known, or where the status is certain by itself: the
 * documents contradict each other on them, and a 404 says nothing about the session (an unknown access key is a 404 too).
 */
export const errorTable: readonly ErrorRow[] = [
  // Certain, whatever the body: the gateway, or a proxy on the way, has not passed the request on.
  {
    action: "any",
    code: "*",
    status: [413, 414, 431],
    verdict: "fatal",
    source: "RFC 9110, RFC 6585; seen from the gateway as a page of HTML",
    says: "the request is too long for the endpoint, or for a proxy on the way. It was not carried out",
    advice: TOO_LONG_ADVICE,
  },
  {
    action: "any",
    code: "*",
    status: [407],
    verdict: "fatal",
    source: "RFC 9110",
    advice: PROXY_ADVICE,
  },

  // The only code that says a session is gone, and only in the answer to a call that named it. It is never a rate limit.
  { action: "write", code: "StreamMonitorNotExist", verdict: "gone", source: "Start, Stop, Delete: error codes" },
  { action: "read", code: "StreamMonitorNotExist", verdict: "fatal", source: "assumed: a list filtered by an id" },

  // Rate limits: HTTP 400 by the documents, 429 and 503 elsewhere, so the code counts; or the status; or the header.
  { action: "any", code: "Throttling.*", verdict: "throttled", source: "common error codes" },
  { action: "any", code: "Rejected.Throttling", verdict: "throttled", source: "assumed, other products use it" },
  { action: "any", code: "*", status: [429], verdict: "throttled", source: "RFC 6585" },
  {
    action: "any",
    code: "*",
    status: "4xx",
    comeBack: true,
    verdict: "throttled",
    source: "official SDKs since 2026-07: the header is the sign, under any code",
  },

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
  { action: "any", code: CANNOT_SEND, verdict: "fatal", source: "the request can be made by no attempt" },
  { action: "any", code: NOT_TRUSTED, verdict: "fatal", source: "TLS or certificate", advice: TLS_ADVICE },
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

  // A success with an unknown failure code: it may have been carried out.
  { action: "read", code: "*", status: "2xx", verdict: "transient", source: "not the documented answer" },
  { action: "write", code: "*", status: "2xx", verdict: "ambiguous", source: "not the documented answer" },

  { action: "any", code: "*", verdict: "fatal", source: "anything the documents do not know" },
];

const HUNDREDS = { "2xx": [200, 300], "4xx": [400, 500], "5xx": [500, Number.POSITIVE_INFINITY] } as const;

function statusFits(wanted: NonNullable<ErrorRow["status"]>, status: number): boolean {
  if (typeof wanted !== "string") {
    return wanted.includes(status);
  }
  const [from, below] = HUNDREDS[wanted];
  return status >= from && status < below;
}

/** What of an answer decides. */
interface Answered {
  action: Action;
  code: string;
  httpStatus: number | undefined;
  retryAfterMs: number | undefined;
}

function fits(row: ErrorRow, { action, code, httpStatus, retryAfterMs }: Answered): boolean {
  const actionFits =
    row.action === "any" || row.action === action || row.action === (isWrite(action) ? "write" : "read");
  if (!actionFits) {
    return false;
  }
  if (row.status !== undefined && !statusFits(row.status, httpStatus ?? 0)) {
    return false;
  }
  if (row.comeBack === true && retryAfterMs === undefined) {
    return false;
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
export function classify(action: Action, code: string, httpStatus?: number, retryAfterMs?: number): ErrorRow {
  const answered = { action, code, httpStatus, retryAfterMs };
  const row = errorTable.find((candidate) => fits(candidate, answered));
  if (row === undefined) {
    throw new Error("the error table has no last row");
  }
  return row;
}
