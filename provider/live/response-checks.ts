import { isText } from "../base/objects";
import { type TransportAnswer, TransportFailure } from "./request";
import { type Action, isObject } from "./types";

type Body = Record<string, unknown>;

/** Ids in the documents are UUIDs, but no document states their form: this only keeps nonsense out of states. */
const PLAUSIBLE_ID = /^[\x21-\x7e]{1,128}$/;

export function isId(value: unknown): boolean {
  return isText(value) && PLAUSIBLE_ID.test(value);
}

/** The documented fields of each answer that has others than `RequestId`. */
const DOCUMENTED: Readonly<Partial<Record<Action, (body: Body) => boolean>>> = {
  CreateLiveStreamMonitor: ({ MonitorId }) => isId(MonitorId),
  // Its items are checked one by one in responses.ts: an odd one must not hide the others.
  DescribeLiveStreamMonitorList: ({ LiveStreamMonitorList: list }) => Array.isArray(list),
  GetCallerIdentity: ({ AccountId }) => typeof AccountId === "string" && AccountId !== "",
};

/** Fields of other calls: in an answer that documents a request id alone, they show that it answers another call. */
const OF_OTHER_CALLS = ["LiveStreamMonitorList", "AccountId", "IdentityType"];
const isOfNoOther = (body: Body) => !OF_OTHER_CALLS.some((field) => field in body);

/**
 * Throws unless the answer is a success: HTTP 2xx in the documented shape, and nothing in it names a failure. The gateway and
 * proxies answer some failures with 200. The `TransportFailure` has the answer's own code, or is `malformed`: a write may then
 * have been carried out.
 *
 * An undocumented field is harmless, except in the answer to Delete: it is the only proof of a deletion, so it must be exactly as
 * documented. Otherwise the session is looked at and deleted once more.
 */
export function expectSuccess(action: Action, { body, httpStatus }: TransportAnswer): void {
  const requestId = typeof body.RequestId === "string" ? body.RequestId : undefined;
  const failure = (code: string | undefined, message: string) =>
    new TransportFailure(code === undefined ? "malformed" : "refusal", message, httpStatus, code, requestId);
  const sign = signsOfFailure(body);
  if (sign !== undefined) {
    // The id of a new session contradicts the failure: the session may exist.
    const isOpen = action === "CreateLiveStreamMonitor" && "MonitorId" in body;
    const message = sign.message ?? "the answer says that something went wrong, but not what";
    throw failure(isOpen ? undefined : sign.code, message);
  }
  const isDocumented = DOCUMENTED[action] ?? isOfNoOther;
  if (!requestId || !isDocumented(body)) {
    throw failure(undefined, "the answer is not as the API documents it");
  }
  if (action === "DeleteLiveStreamMonitor" && (httpStatus !== 200 || !isBare(body))) {
    throw failure(undefined, "the answer holds more than the API documents for it");
  }
}

/** Fields of an envelope, in whatever spelling: `ErrorCode`, `error_code`, `errorcode`. */
const CODES = new Set([
  ...["code", "errorcode", "errcode", "statuscode", "httpstatuscode", "httpcode", "errno"],
  ...["resultcode", "returncode", "retcode", "responsecode", "responsestatus"],
]);
const FLAGS = new Set(["success", "issuccess", "succeeded", "ok"]);
const ERRORS = new Set([
  ...["error", "errors", "errormessage", "errormsg", "errmsg", "exception", "fault"],
  ...["failed", "failure", "isfailed", "failurereason", "errordetail"],
]);
const MESSAGES = new Set(["message", "msg"]);
/** These may tell the outcome; most of their values do not. */
const OUTCOMES = new Set(["status", "state", "result"]);
/** Some gateways put one of these around an answer. */
const WRAPPERS = new Set(["data", "result", "response", "body"]);

type Sign = { code?: string | undefined; message?: string | undefined };

/** The part of an answer that says that the call failed. */
function signsOfFailure(body: Body): Sign | undefined {
  const fields = Object.entries(body).map(([key, value]) => [plain(key), value] as const);
  const of = (names: ReadonlySet<string>) => fields.filter(([key]) => names.has(key)).map(([, value]) => value);
  const message = [...of(MESSAGES), ...of(ERRORS)].filter(isText).find((text) => text !== "");
  const bad = of(CODES).filter((value) => !isGoodCode(value));
  const code = bad.find(isText);
  if (
    bad.length > 0 ||
    of(FLAGS).some((value) => !isGoodFlag(value)) ||
    of(ERRORS).some((value) => !isNothing(value)) ||
    of(OUTCOMES).some(isFailure)
  ) {
    return { code: code !== undefined && /\D/.test(code) ? code : undefined, message };
  }
  // A message without a code or a flag must say that the call succeeded.
  const saysWell = [...of(CODES), ...of(FLAGS)].some((value) => value != null && value !== "");
  if (!saysWell && of(MESSAGES).some((value) => !isNothing(value))) {
    return { message };
  }
  const inside = of(WRAPPERS).filter(isObject).map(signsOfFailure);
  return inside.find((sign) => sign !== undefined);
}

/** The name of a field, whatever its spelling. */
function plain(key: string): string {
  return key.replace(/[_-]/g, "").toLowerCase();
}

/** "OK", "Success", "Request was successful", and the same in Chinese; but not "unsuccessful" or "did not succeed". */
const WELL =
  /^\s*$|^\s*ok\s*[.!]?\s*$|^(?!.*(un|not|n't|fail|error|but|partial|pending|不|未|失败|部分)).*(success(?!or)|succeed|成功)/i;
/** A code is a word, not a sentence. */
const GOOD_CODE = /^\s*(ok|success(ful(ly)?)?|succeed(ed)?|操作成功|成功)?\s*$/i;
const BAD_OUTCOME = /fail|error|reject|refus|denied|unavailable|abort|失败|错误/i;

function isFailure(outcome: unknown): boolean {
  return outcome === false || (typeof outcome === "string" && BAD_OUTCOME.test(outcome));
}

/** Whether a value is empty, or says success. */
function isNothing(value: unknown): boolean {
  if (typeof value === "string") {
    return WELL.test(value);
  }
  return (
    value == null || value === false || value === 0 || (typeof value === "object" && Object.keys(value).length === 0)
  );
}

function isGoodCode(value: unknown): boolean {
  const number =
    typeof value === "number" ? value : typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
  if (number !== undefined) {
    return number === 0 || (number >= 200 && number < 300);
  }
  return value == null || (typeof value === "string" && GOOD_CODE.test(value));
}

function isGoodFlag(value: unknown): boolean {
  return (
    value == null || value === true || value === 1 || (typeof value === "string" && /^(true|1|yes|)$/i.test(value))
  );
}

/** Whether an answer holds only its request id, and fields that say success. */
function isBare(body: Body): boolean {
  return Object.entries(body).every(([key, value]) => {
    const name = plain(key);
    const isWord = isEnvelope(name) && (!MESSAGES.has(name) || isNothing(value));
    return name === "requestid" || name === "hostid" || isWord || value == null;
  });
}

function isEnvelope(name: string): boolean {
  return [CODES, FLAGS, ERRORS, MESSAGES].some((names) => names.has(name));
}
