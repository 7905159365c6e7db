import { toLiveError } from "../../../provider/live/client";
import type { LiveError } from "../../../provider/live/errors";
import { TransportFailure } from "../../../provider/live/request";
import { expectSuccess } from "../../../provider/live/response-checks";
import { listIn, onlyIn } from "../../../provider/live/responses";
import type { Action } from "../../../provider/live/types";

const LIST = "DescribeLiveStreamMonitorList";
const ITEM = { MonitorId: "m-1", MonitorName: "wall", Domain: "play.example.com", Status: 1 };

function errorOf(check: () => unknown, action: Action = LIST): LiveError {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(TransportFailure);
    return toLiveError(action, error);
  }
  throw new Error("it went well");
}

const shapeOf = (action: Action, body: Record<string, unknown>) =>
  expectSuccess(action, { body: { RequestId: "r", ...body }, httpStatus: 200 });

test.each<[Action, Record<string, unknown>]>([
  ["DeleteLiveStreamMonitor", {}],
  ["StopLiveStreamMonitor", { Code: "" }],
  ["StopLiveStreamMonitor", { Code: 200 }],
  ["StopLiveStreamMonitor", { Code: "200", Success: true }],
  ["StopLiveStreamMonitor", { code: "OK" }],
  ["StopLiveStreamMonitor", { Code: null }],
  ["CreateLiveStreamMonitor", { MonitorId: "m-1" }],
  ["CreateLiveStreamMonitor", { MonitorId: "x".repeat(128) }],
  [LIST, { LiveStreamMonitorList: [] }],
  [LIST, { LiveStreamMonitorList: [ITEM] }],
  ["GetCallerIdentity", { AccountId: "1000" }],
])("%s: %j is an answer", (action, body) => {
  expect(() => shapeOf(action, body)).not.toThrow();
});

test.each<[Action, Record<string, unknown>]>([
  ["DeleteLiveStreamMonitor", { RequestId: undefined }],
  ["DeleteLiveStreamMonitor", { RequestId: 7 }],
  ["CreateLiveStreamMonitor", {}],
  ["CreateLiveStreamMonitor", { MonitorId: "" }],
  ["CreateLiveStreamMonitor", { MonitorId: 7 }],
  ["CreateLiveStreamMonitor", { MonitorId: "two words" }],
  ["CreateLiveStreamMonitor", { MonitorId: "x".repeat(129) }],
  [LIST, {}],
  [LIST, { LiveStreamMonitorList: { MonitorId: "m-1" } }],
  ["GetCallerIdentity", {}],
  ["GetCallerIdentity", { AccountId: "" }],
  ["GetCallerIdentity", { AccountId: 1000 }],
])("%s: %j is none", (action, body) => {
  const error = errorOf(() => shapeOf(action, body), action);
  expect(error).toMatchObject({ action, httpStatus: 200 });
  expect(error.message).toMatch(/the answer is not as the API documents it/);
  expect(error.requestId).toBe(typeof body.RequestId === "number" || "RequestId" in body ? undefined : "r");
});

test("a code makes a refusal of a success, with all that is known of it", () => {
  const error = errorOf(
    () => shapeOf("StopLiveStreamMonitor", { Code: "Odd", Message: "no" }),
    "StopLiveStreamMonitor",
  );
  expect(error).toMatchObject({ action: "StopLiveStreamMonitor", code: "Odd", httpStatus: 200, requestId: "r" });
  expect(error.message).toContain("no");
});

test.each([
  { code: "Odd", message: "no" },
  { Code: "Odd", Message: "no", Success: true },
])("so does %j", (body) => {
  const error = errorOf(() => shapeOf("DeleteLiveStreamMonitor", body), "DeleteLiveStreamMonitor");
  expect(error).toMatchObject({ code: "Odd", httpStatus: 200, requestId: "r" });
  expect(error.message).toContain("no");
});

test.each([
  { Code: 500 },
  { code: {} },
  { Success: false },
  { Code: "", Success: false },
  { Code: 200, Success: false },
])("what failed, but does not say why, is no answer: %j", (body) => {
  const error = errorOf(() => shapeOf("DeleteLiveStreamMonitor", body), "DeleteLiveStreamMonitor");
  expect(error).toMatchObject({ verdict: "ambiguous", httpStatus: 200, requestId: "r" });
  expect(error.message).toMatch(/something went wrong, but not what/);
});

test.each([
  [0, 0],
  [1, 1],
  [2, 2],
  ["0", 0],
  ["1", 1],
  ["", Number.NaN],
  ["10", Number.NaN],
  [null, Number.NaN],
  [false, Number.NaN],
  [[], Number.NaN],
  [{ toString: 1, valueOf: 1 }, Number.NaN],
  [undefined, Number.NaN],
])("the status %j is %d: only what is documented says that a session does not run", (Status, status) => {
  const [monitor] = listIn({ body: { LiveStreamMonitorList: [{ ...ITEM, Status }] } }).LiveStreamMonitorList;
  expect(monitor?.Status).toBe(status);
});

test("of a list's items, what has another type than documented counts as absent", () => {
  const full = {
    ...ITEM,
    ...{ Region: "cn-shanghai", StartTime: "a", StopTime: "b", OutputTemplate: "lp_hd", MonitorConfig: "{}" },
    ...{ CallbackUrl: "c", DingTalkWebHookUrl: "d", InputList: [{ InputUrl: "u" }] },
    OutputUrls: { FlvUrl: "f", RtmpUrl: "r" },
  };
  const odd = {
    ...{ MonitorId: "m-2", MonitorName: 7, Domain: null, Status: "0", Region: {}, StartTime: 5, More: "?" },
    ...{ InputList: [1, null, { InputUrl: "v" }], OutputUrls: { FlvUrl: 1, RtmpUrl: "s" } },
  };
  const bare = { MonitorId: "m-3", Status: "x", InputList: "text", OutputUrls: "text" };
  const body = { RequestId: "r", Total: 3, LiveStreamMonitorList: [full, odd, bare] };
  const list = listIn({ body, bytes: 7 });
  expect(list).toStrictEqual({
    bytes: 7,
    RequestId: "r",
    Total: 3,
    LiveStreamMonitorList: [
      full,
      {
        ...{ MonitorId: "m-2", MonitorName: "", Domain: "", Status: 0 },
        ...{ InputList: [{ InputUrl: "v" }], OutputUrls: { RtmpUrl: "s" } },
      },
      { MonitorId: "m-3", MonitorName: "", Domain: "", Status: Number.NaN, InputList: [], OutputUrls: {} },
    ],
  });
});

test.each([
  [3, 3],
  [0, 0],
  ["0", 0],
  ["3", 3],
  [-1, -1],
  [null, undefined],
  [undefined, undefined],
  ["", Number.NaN],
  ["-1", Number.NaN],
  ["many", Number.NaN],
  [true, Number.NaN],
  [[], Number.NaN],
  [{}, Number.NaN],
])("a total of %j counts %j: one that is there, but counts nothing, is no absent one", (Total, count) => {
  expect(listIn({ body: { Total, LiveStreamMonitorList: [] } }).Total).toBe(count);
});

const other = { ...ITEM, MonitorId: "m-2" };
test.each<[string, unknown[], string[], number]>([
  ["nothing at all", [null], [], 1],
  ["no id", [ITEM, {}], ["m-1"], 1],
  ["an id of two words", [{ MonitorId: "odd id" }, ITEM], ["m-1"], 1],
  ["an id of another type", [ITEM, { ...ITEM, MonitorId: 7 }, other], ["m-1", "m-2"], 1],
  ["an id that is no text", [{ MonitorId: { toString: 1 } }], [], 1],
  ["a list", [[ITEM], ITEM], ["m-1"], 1],
  ["the same session twice", [ITEM, ITEM, other], ["m-1", "m-2"], 0],
  ["the same session in two states", [ITEM, { ...ITEM, Status: 0 }, other], ["m-2"], 1],
  ["the same session in an odd state and another", [{ ...ITEM, Status: "x" }, ITEM, ITEM], [], 2],
])("a list that holds %s shows all others", (_what, items, ids, unreadable) => {
  const list = listIn({ body: { RequestId: "r", LiveStreamMonitorList: items } });
  expect(list.LiveStreamMonitorList.map(({ MonitorId }) => MonitorId)).toEqual(ids);
  expect(list.unreadable ?? []).toHaveLength(unreadable);
});

test("a list filtered by an id holds that session, or none; with others alone it is no answer", () => {
  const item = (MonitorId: string) => ({ ...ITEM, MonitorId });
  const filtered = (...ids: string[]) =>
    onlyIn({ bytes: 0, RequestId: "r", LiveStreamMonitorList: ids.map(item) }, "m-1")?.MonitorId;
  expect([filtered("m-1"), filtered(), filtered("m-0", "m-1")]).toEqual(["m-1", undefined, "m-1"]);
  const error = errorOf(() => filtered("m-0"));
  expect(error).toMatchObject({ action: LIST, httpStatus: 200, requestId: "r" });
  expect(error.message).toContain("m-1");
});

test.each<[string, object, boolean]>([
  ["empty", { Total: 0, LiveStreamMonitorList: [] }, true],
  ["empty, with a total in text", { Total: "0", LiveStreamMonitorList: [] }, true],
  ["empty, without total", { LiveStreamMonitorList: [] }, true],
  ["empty, with a total of null", { Total: null, LiveStreamMonitorList: [] }, true],
  ["empty, with a total of 1", { Total: 1, LiveStreamMonitorList: [] }, false],
  ["empty, with a total of 1 in text", { Total: "1", LiveStreamMonitorList: [] }, false],
  ["empty, with a total below 0", { Total: -1, LiveStreamMonitorList: [] }, false],
  ["empty, with a total that counts nothing", { Total: {}, LiveStreamMonitorList: [] }, false],
  ["of another session", { Total: 1, LiveStreamMonitorList: [other] }, false],
  ["of another session, with a total of 0", { Total: 0, LiveStreamMonitorList: [other] }, false],
  ["of the id in other letters", { LiveStreamMonitorList: [{ ...ITEM, MonitorId: "M-1" }] }, false],
  ["of an item without id", { Total: 0, LiveStreamMonitorList: [{}] }, false],
  ["of nothing that is an item", { Total: 0, LiveStreamMonitorList: [null] }, false],
  ["of the session in two states", { LiveStreamMonitorList: [ITEM, { ...ITEM, Status: 0 }] }, false],
])("a list filtered by an id, %s, says that there is no such session: %s", (_what, body, says) => {
  const list = listIn({ body: { RequestId: "r", ...body } });
  const shown = () => onlyIn(list, "m-1");
  if (says) {
    expect(shown()).toBeUndefined();
  } else {
    expect(errorOf(shown)).toMatchObject({ verdict: "transient" });
  }
});
