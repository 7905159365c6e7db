import { toLiveError } from "../../../provider/live/client";
import { TransportFailure } from "../../../provider/live/request";
import { expectSuccess } from "../../../provider/live/response-checks";
import type { Action } from "../../../provider/live/types";

const DELETE = "DeleteLiveStreamMonitor";
const CREATE = "CreateLiveStreamMonitor";
const LIST = "DescribeLiveStreamMonitorList";
const STS = "GetCallerIdentity";
const REQUEST_ID_ONLY: Action[] = [
  "UpdateLiveStreamMonitor",
  "StartLiveStreamMonitor",
  "StopLiveStreamMonitor",
  DELETE,
];
/** What each call documents beside the request id. */
const DOCUMENTED: Record<Action, Record<string, unknown>> = {
  CreateLiveStreamMonitor: { MonitorId: "m-1" },
  UpdateLiveStreamMonitor: {},
  StartLiveStreamMonitor: {},
  StopLiveStreamMonitor: {},
  DeleteLiveStreamMonitor: {},
  DescribeLiveStreamMonitorList: { Total: 0, LiveStreamMonitorList: [] },
  GetCallerIdentity: { AccountId: "1000", Arn: "acs:ram::1000:root", IdentityType: "Account" },
};
const ACTIONS = Object.keys(DOCUMENTED) as Action[];
const forAll = (bodies: Record<string, unknown>[]) =>
  ACTIONS.flatMap((action) => bodies.map((body) => [action, body] as const));

function verdictOf(action: Action, body: Record<string, unknown>, httpStatus = 200): string {
  try {
    expectSuccess(action, { httpStatus, body: { RequestId: "r", ...body } });
    return "success";
  } catch (error) {
    expect(error).toBeInstanceOf(TransportFailure);
    return toLiveError(action, error).verdict;
  }
}
/** What is no answer: looked at after a write, asked again after a read. */
const unclear = (action: Action) => (action === LIST || action === STS ? "transient" : "ambiguous");

test.each(
  forAll([
    {},
    ...["Success", "success", "SUCCESS", "OK", "ok", "200", 200, "0", 0, "", null].map((Code) => ({ Code })),
    { Code: "Success", Message: "Request succeeded" },
    ...[true, "true", 1, null].map((Success) => ({ Success })),
    { Message: "" },
    { Message: "Request was successful." },
    { message: "操作成功" },
    { ErrorCode: "", ErrorMessage: "", Errors: [], error: null },
    { HttpStatusCode: 200, HostId: "live.aliyuncs.com" },
  ]),
)("%s with %j is a success", (action, extra) => {
  expect(verdictOf(action, { ...DOCUMENTED[action], ...extra })).toBe("success");
});

test.each(
  forAll([
    { Code: "SomethingNew" },
    { code: "SomethingNew" },
    { Code: "InternalError" },
    { Code: 500 },
    { Code: "500" },
    { Code: {} },
    { ErrorCode: "SystemBusy", ErrorMessage: "busy" },
    { error_code: 17 },
    { ErrorMessage: "busy" },
    { errMsg: "busy" },
    { StatusCode: 500 },
    { httpStatusCode: "503" },
    ...[false, "false", "False", 0, "no", {}].map((Success) => ({ Success })),
    { isSuccess: false },
    { Errors: [{ Code: "InternalError" }] },
    { error: { code: "SystemBusy" } },
    { error: "busy" },
    { Exception: "x.y.Z" },
    { Message: "backend unavailable" },
    { Message: "unsuccessful" },
    { Message: "操作不成功" },
    { Code: "Success", Success: false },
    { Code: "Success", ErrorCode: "SystemBusy" },
    { Code: "PartialSuccess" },
    { Code: "SuccessPending" },
    { Message: "a success was expected, but the backend is down" },
    { Message: "passed on to a successor" },
    { ResultCode: "500" },
    { returnCode: 1 },
    { ResponseStatus: 500 },
    { Failed: true },
    { Failure: "x" },
    ...["Failed", "ERROR", "rejected", false].flatMap((word) => [{ Status: word }, { Result: word }]),
    { Data: { Success: false } },
    { Data: { Code: "InternalError" } },
    { Response: { Data: { ErrorMessage: "busy" } } },
    { RequestId: undefined },
    { RequestId: "" },
    { RequestId: 7 },
  ]),
)("%s with %j is none: it is looked at, or asked again", (action, extra) => {
  expect(verdictOf(action, { ...DOCUMENTED[action], ...extra })).toBe(unclear(action));
});

test.each(ACTIONS.flatMap((action) => ACTIONS.map((other) => [action, other] as const)))(
  "%s answered with what %s documents",
  (action, other) => {
    const tells = action === other || (action !== DELETE && REQUEST_ID_ONLY.includes(action) && other === CREATE);
    const isSame = REQUEST_ID_ONLY.includes(action) && REQUEST_ID_ONLY.includes(other);
    expect(verdictOf(action, DOCUMENTED[other])).toBe(tells || isSame ? "success" : unclear(action));
  },
);

test.each<[Action, string, string]>([
  ...ACTIONS.filter((each) => each !== CREATE).flatMap((action): [Action, string, string][] => [
    [action, "Throttling.User", "throttled"],
    [action, "InvalidAccessKeyId.NotFound", "fatal"],
    [action, "Forbidden.RAM", "fatal"],
  ]),
  [DELETE, "StreamMonitorNotExist", "gone"],
  [DELETE, "InvalidParameter.Malformed", "ambiguous"],
  ["StopLiveStreamMonitor", "StreamMonitorAlreadyStop", "ok"],
  // The new session's id beside it: the session may exist, whatever the code says.
  [CREATE, "Throttling.User", "ambiguous"],
  [CREATE, "Forbidden.RAM", "ambiguous"],
])("%s: a refusal with 200 that is known, %s, is %s", (action, Code, verdict) => {
  expect(verdictOf(action, { ...DOCUMENTED[action], Code, Message: "no" })).toBe(verdict);
});

test.each(ACTIONS)(
  "%s: what nobody documents is harmless, except after Delete, which nothing else would check",
  (action) => {
    const extra = { Anything: "x", Data: { Result: 1 } };
    expect(verdictOf(action, { ...DOCUMENTED[action], ...extra })).toBe(action === DELETE ? "ambiguous" : "success");
  },
);

test.each(ACTIONS)("%s: a message beside a success code says what it likes, except after Delete", (action) => {
  const extra = { Code: "Success", Message: "the monitor is still busy" };
  const verdict = verdictOf(action, { ...DOCUMENTED[action], ...extra });
  expect(verdict).toBe(action === DELETE ? "ambiguous" : "success");
});

test.each([201, 202, 206])("a Delete that is answered %d may still be under way", (status) => {
  expect(verdictOf(DELETE, {}, status)).toBe("ambiguous");
});
