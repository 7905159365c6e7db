import { classify, errorTable, LiveError, type Verdict } from "../../../provider/live/errors";
import type { Action } from "../../../provider/live/types";

const WRITES = ["Create", "Update", "Start", "Stop", "Delete"].map((verb) => `${verb}LiveStreamMonitor`) as Action[];
const READS: Action[] = ["DescribeLiveStreamMonitorList", "GetCallerIdentity"];
const ALL = [...WRITES, ...READS];

const everywhere = (code: string, status: number | undefined, verdict: Verdict) =>
  ALL.map((action) => [action, code, status, verdict] as const);
const of = (actions: Action[], code: string, status: number | undefined, verdict: Verdict) =>
  actions.map((action) => [action, code, status, verdict] as const);
const STOPPERS = WRITES.slice(0, 4);
const DELETE: Action[] = ["DeleteLiveStreamMonitor"];

/** Every code of the documents, for every call, and what nobody's documents know. */
test.each([
  ...["Throttling", "Throttling.User", "Throttling.Api", "Rejected.Throttling"].flatMap((code) =>
    [400, 429, 503].flatMap((status) => everywhere(code, status, "throttled")),
  ),
  ...of(WRITES, "StreamMonitorNotExist", 404, "gone"),
  ...of(READS, "StreamMonitorNotExist", 404, "fatal"),
  ...of(["StartLiveStreamMonitor"], "StreamMonitorAlreadyStarted", 400, "ok"),
  ...of(["StopLiveStreamMonitor"], "StreamMonitorAlreadyStop", 400, "ok"),
  ...of(DELETE, "StreamMonitorAlreadyStarted", 400, "busy"),
  ...of(["StopLiveStreamMonitor"], "StreamMonitorAlreadyStarted", 400, "fatal"),
  ...[404, 400].flatMap((status) => everywhere("InvalidAccessKeyId.NotFound", status, "fatal")),
  ...everywhere("InvalidAccessKeyId.Inactive", 400, "fatal"),
  ...[400, 403].flatMap((status) => everywhere("SignatureDoesNotMatch", status, "fatal")),
  ...everywhere("InvalidSecurityToken.Expired", 400, "fatal"),
  ...everywhere("InvalidTimeStamp.Expired", 400, "fatal"),
  ...[403, 401].flatMap((status) => everywhere("Forbidden", status, "fatal")),
  ...everywhere("Forbidden.RAM", 403, "fatal"),
  ...["InvalidApi.NotFound", "InvalidAction.NotFound", "InvalidProduct.NotFound", "InvalidDomain.NotFound"].flatMap(
    (code) => everywhere(code, 404, "fatal"),
  ),
  ...["MissingParameter", "MissingMonitorId", "InvalidMonitorId.Malformed", "InvalidUserId.Malformed"].flatMap((code) =>
    everywhere(code, 400, "fatal"),
  ),
  ...everywhere("UserQuotaExceed", 403, "fatal"),
  ...of(STOPPERS, "IllegalOperation", 401, "fatal"),
  ...of(DELETE, "IllegalOperation", 401, "busy"),
  ...of(DELETE, "InvalidParameter.Malformed", 400, "busy"),
  ...of(STOPPERS, "InvalidParameter.Malformed", 400, "fatal"),
  ...of(DELETE, "NobodyKnows", 400, "busy"),
  ...of(DELETE, "NobodyKnows", 404, "fatal"),
  ...of(STOPPERS, "NobodyKnows", 400, "fatal"),
  ...of(WRITES, "InternalError", 500, "ambiguous"),
  ...of(READS, "InternalError", 500, "transient"),
  ...of(WRITES, "ServiceUnavailable", 503, "ambiguous"),
  ...of(WRITES, "SignatureNonceUsed", 400, "ambiguous"),
  ...of(READS, "SignatureNonceUsed", 400, "transient"),
  ...everywhere("NotSent", undefined, "transient"),
  ...["NoAnswer", "NotJson", "Malformed"].flatMap((code) => [
    ...of(WRITES, code, undefined, "ambiguous"),
    ...of(READS, code, undefined, "transient"),
  ]),
  ...everywhere("streammonitornotexist", 404, "fatal").filter(([action]) => action !== "DeleteLiveStreamMonitor"),
  ...everywhere("StreamMonitorNotExist.Really", 404, "fatal").filter(
    ([action]) => action !== "DeleteLiveStreamMonitor",
  ),
])("%s answered %s (%s) is %s", (action, code, status, verdict) => {
  expect(classify(action, code, status).verdict).toBe(verdict);
});

test("no row is out of reach behind another", () => {
  const sample = (code: string) => code.replace(/\.\*$/, ".X").replace(/\*$/, "X");
  for (const row of errorTable) {
    const action = row.action === "any" || row.action === "write" ? "CreateLiveStreamMonitor" : row.action;
    const sampled = { "2xx": 200, "4xx": 418, "5xx": 500 };
    const status = typeof row.status === "string" ? sampled[row.status] : (row.status?.[0] ?? 418);
    const asked = action === "read" ? "DescribeLiveStreamMonitorList" : action;
    expect(classify(asked, sample(row.code), status, row.comeBack ? 100 : undefined)).toBe(row);
  }
});

test("every row says where it is from", () => {
  expect(errorTable.filter((row) => row.source === "")).toEqual([]);
});

test("an error tells action, code, status and request id, and no secret", () => {
  const error = new LiveError({
    action: "CreateLiveStreamMonitor",
    code: "Odd.Code\n",
    httpStatus: 418,
    requestId: "ABC",
    message: "see https://x.example.com/?auth_key=hush, AccessKeySecret=hush, or key hushhush.",
    secrets: ["hushhush", undefined],
  });
  expect(error.message).toBe(
    "CreateLiveStreamMonitor answered Odd.Code (HTTP 418, request id ABC): see https://x.example.com/?*** AccessKeySecret=***, or key ***.",
  );
  expect(Object.keys(error)).not.toContain("id");
});
