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
/** The same, by the kind of a `TransportFailure`. */
export const OWN_CODES = {
  unsendable: CANNOT_SEND,
  untrusted: NOT_TRUSTED,
  "not-sent": NOT_SENT,
  "no-answer": NO_ANSWER,
  "not-json": NOT_JSON,
  malformed: MALFORMED,
} as const;

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
  "Check the access key: is it the right one, is it enabled, and has it (or its security token) expired? On destroy and refresh Pulumi uses the configuration saved by the last `pulumi up`; if the key was rotated in the configuration, use credentials from the environment or `--run-program`.";
const SECRET_ADVICE =
  "The secret does not belong to this access key: check that both are of one key, and complete. On destroy and refresh Pulumi uses the configuration saved by the last `pulumi up`; credentials from the environment are read where the command runs.";
const RAM_ADVICE =
  "Grant the RAM user or role this action on resource `*`; SECURITY.md of this package has the whole policy.";
const STS_ADVICE =
  "Let the RAM user or role call sts:GetCallerIdentity, or set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1 to trust the credentials.";
const CLOCK_ADVICE = "This machine's clock is wrong by over 15 minutes; correct it.";
const ENDPOINT_ADVICE =
  "The endpoint does not serve this API; check `alicloud:endpoints` and ALIBABA_CLOUD_ENDPOINT_LIVE.";
const TOO_LONG_ADVICE =
  "All parameters travel in the request line. Declare fewer inputs or shorter stream URLs, or split the inputs over several monitors.";
const PROXY_ADVICE =
  "Put the proxy's credentials into the variable that names it (HTTPS_PROXY=http://user:password@host:port), or add the endpoint to NO_PROXY.";
const TLS_ADVICE =
  "If a proxy or the network signs its own certificates, set NODE_EXTRA_CA_CERTS to the file of its CA. Otherwise check the endpoint, and this machine's clock.";

const row = (
  action: ErrorRow["action"],
  code: string,
  verdict: Verdict,
  source: string,
  more: Pick<ErrorRow, "status" | "comeBack" | "says" | "advice"> = {},
): ErrorRow => ({ action, code, verdict, source, ...more });

/** A failure after which nobody knows what the call did: a read is sent again, a write needs a look first. */
const unclear = (code: string, source: string, more?: Parameters<typeof row>[4]): ErrorRow[] => [
  row("read", code, "transient", source, more),
  row("write", code, "ambiguous", source, more),
];

/**
 * The one error table: the first row that fits decides. `live/errors.ts` has the few other questions about codes; no other room
 * compares codes. HTTP statuses are used only where the code is not known, or where the status is certain by itself: the
 * documents contradict each other on them, and a 404 says nothing about the session (an unknown access key is a 404 too).
 */
export const errorTable: readonly ErrorRow[] = [
  // Certain, whatever the body: the gateway, or a proxy on the way, has not passed the request on.
  row("any", "*", "fatal", "RFC 9110, RFC 6585; observed: an HTML page of the gateway", {
    status: [413, 414, 431],
    says: "the request is too long for the endpoint, or for a proxy on the way. It was not carried out",
    advice: TOO_LONG_ADVICE,
  }),
  row("any", "*", "fatal", "RFC 9110", { status: [407], advice: PROXY_ADVICE }),

  // The only code that says a session is gone, and only in the answer to a call that named it. It is never a rate limit.
  row("write", "StreamMonitorNotExist", "gone", "Start, Stop, Delete: error codes"),
  // A list filtered by an id: `Roster.fetch` takes it for an empty list, which proves nothing.
  row("read", "StreamMonitorNotExist", "fatal", "assumed: a list filtered by an id"),

  // Rate limits: HTTP 400 by the documents, 429 and 503 elsewhere, so the code counts; or the status; or the header.
  row("any", "Throttling.*", "throttled", "common error codes"),
  row("any", "Rejected.Throttling", "throttled", "assumed, other products use it"),
  row("any", "*", "throttled", "RFC 6585", { status: [429] }),
  row("any", "*", "throttled", "official SDKs since 2026-07: the header decides, with any code", {
    status: "4xx",
    comeBack: true,
  }),

  // Already so.
  row("StartLiveStreamMonitor", "StreamMonitorAlreadyStarted", "ok", "StartLiveStreamMonitor, error codes"),
  row("StopLiveStreamMonitor", "StreamMonitorAlreadyStop", "ok", "StopLiveStreamMonitor, error codes"),

  // Who asks: never "gone", whatever the HTTP status.
  row("any", "InvalidAccessKeyId.*", "fatal", "common error codes", { advice: KEY_ADVICE }),
  row("any", "SignatureDoesNotMatch", "fatal", "common error codes", { advice: SECRET_ADVICE }),
  row("any", "IncompleteSignature", "fatal", "common error codes", { advice: KEY_ADVICE }),
  row("any", "InvalidSignatureMethod", "fatal", "common error codes", { advice: KEY_ADVICE }),
  row("any", "MissingSecurityToken", "fatal", "common error codes", { advice: KEY_ADVICE }),
  row("any", "InvalidSecurityToken.*", "fatal", "common error codes", { advice: KEY_ADVICE }),
  row("any", "InvalidTimeStamp.*", "fatal", "common error codes", { advice: CLOCK_ADVICE }),
  row("GetCallerIdentity", "Forbidden.*", "fatal", "common codes", { advice: STS_ADVICE }),
  row("GetCallerIdentity", "NoPermission.*", "fatal", "assumed", { advice: STS_ADVICE }),
  row("any", "Forbidden.*", "fatal", "common error codes", { advice: RAM_ADVICE }),
  row("any", "NoPermission.*", "fatal", "assumed", { advice: RAM_ADVICE }),
  row("any", "InvalidIdentity.ServiceDisabled", "fatal", "Live public error codes", {
    advice: "ApsaraVideo Live is not activated, or is suspended, for this account.",
  }),
  // A nonce is used once per call of ours: a second sight of it means that the network doubled the request.
  row("write", "SignatureNonceUsed", "ambiguous", "common error codes"),
  row("read", "SignatureNonceUsed", "transient", "common error codes"),

  // What was asked, and of whom.
  row("any", "InvalidApi.NotFound", "fatal", "common codes", { advice: ENDPOINT_ADVICE }),
  row("any", "InvalidAction.NotFound", "fatal", "common codes", { advice: ENDPOINT_ADVICE }),
  row("any", "InvalidProduct.NotFound", "fatal", "common codes", { advice: ENDPOINT_ADVICE }),
  row("any", "NoSuchVersion", "fatal", "common error codes", { advice: ENDPOINT_ADVICE }),
  row("any", "InvalidDomain.NotFound", "fatal", "Live public error codes", {
    advice: "`domain` must be a live streaming domain of this account.",
  }),
  row("any", "Missing*", "fatal", "Delete, error codes; gateway error codes"),
  row("any", "InvalidMonitorId.Malformed", "fatal", "Start, Stop, Delete: error codes"),
  row("any", "InvalidUserId.Malformed", "fatal", "Start, Stop, Delete: error codes"),
  row("any", "UserQuotaExceed", "fatal", "Start, Stop: error codes", {
    advice: "The account's quota is used up (20 sessions per region by default): delete sessions, or ask for more.",
  }),

  // No answer of the API. A request that never left did nothing; anything else may have been carried out.
  row("any", CANNOT_SEND, "fatal", "the request can never be sent"),
  row("any", NOT_TRUSTED, "fatal", "TLS or certificate", { advice: TLS_ADVICE }),
  row("any", NOT_SENT, "transient", "the connection was never made"),
  ...unclear(NO_ANSWER, "time-out or broken connection"),
  ...unclear(NOT_JSON, "a proxy's page, a cut answer"),
  ...unclear(MALFORMED, "not the documented answer"),
  ...unclear("*", "InternalError, ServiceUnavailable", { status: "5xx" }),

  ...unclear("InternalError", "Start, Stop, Delete: error codes"),
  ...unclear("ServiceUnavailable.*", "common error codes"),
  ...unclear("*", "assumed: a time-out on the way", { status: [408, 499] }),

  // "A running session cannot be deleted: HTTP 400" — under a code that no page names.
  row("DeleteLiveStreamMonitor", "*", "busy", "DeleteLiveStreamMonitor, Important", { status: [400, 401] }),

  // A success with an unknown failure code: it may have been carried out.
  ...unclear("*", "not the documented answer", { status: "2xx" }),

  row("any", "*", "fatal", "anything the documents do not know"),
];

const HUNDREDS = { "2xx": [200, 300], "4xx": [400, 500], "5xx": [500, Number.POSITIVE_INFINITY] } as const;

function statusFits(wanted: NonNullable<ErrorRow["status"]>, status: number): boolean {
  if (typeof wanted !== "string") {
    return wanted.includes(status);
  }
  const [from, below] = HUNDREDS[wanted];
  return status >= from && status < below;
}

/** The row that decides about an answer. The last row fits everything. */
export function classify(action: Action, code: string, httpStatus = 0, retryAfterMs?: number): ErrorRow {
  const kinds: readonly string[] = ["any", action, isWrite(action) ? "write" : "read"];
  const fits = (each: ErrorRow) =>
    kinds.includes(each.action) &&
    (each.status === undefined || statusFits(each.status, httpStatus)) &&
    (each.comeBack !== true || retryAfterMs !== undefined) &&
    codeFits(each.code, code);
  return errorTable.find(fits) as ErrorRow;
}

function codeFits(wanted: string, code: string): boolean {
  if (wanted.endsWith(".*")) {
    const prefix = wanted.slice(0, -2);
    return code === prefix || code.startsWith(`${prefix}.`);
  }
  return wanted.endsWith("*") ? code.startsWith(wanted.slice(0, -1)) : code === wanted;
}
