import type { ReadAction, WriteAction } from "../../../provider/live/types";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const DELETE = "DeleteLiveStreamMonitor";
const STOP = "StopLiveStreamMonitor";
const LIST = "DescribeLiveStreamMonitorList";
const RUNNING = { ...ARGS, running: true };

const count = (stage: Stage, action: WriteAction | ReadAction) =>
  stage.cloud.actions().filter((each) => each === action).length;

/** Somebody else starts or stops the session, at once. */
function statusOf(stage: Stage, id: string, status: number): void {
  const session = stage.cloud.sessions.get(id);
  if (session) {
    session.Status = status;
  }
}

test.each([
  ["InvalidParameter.Malformed", 400],
  ["NobodyKnows", 400],
  ["StreamMonitorAlreadyStarted", 400],
  ["IllegalOperation", 401],
  ["MonitorIsRunning", 400],
])("refused with %s (%s) because it runs, it is stopped and deleted", async (code, status) => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.runningDelete = { code, status };
  // The look before the delete sees a stopped session; it is started just then.
  stage.cloud.script(LIST, {
    kind: "answer",
    body: { RequestId: "r", Total: 1, LiveStreamMonitorList: [{ ...stage.cloud.sessions.get(id), Status: 0 }] },
  });
  statusOf(stage, id, 1);
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
  const writes = stage.cloud.actions().filter((action) => action !== LIST);
  expect(writes).toEqual([DELETE, STOP, DELETE]);
});

test.each([
  ["Forbidden.RAM", 403, /Grant the RAM user or role/],
  ["InvalidAccessKeyId.NotFound", 404, /Check the access key: .*--run-program/],
  ["SignatureDoesNotMatch", 400, /The secret does not belong to this access key/],
  ["MissingMonitorId", 400, /MissingMonitorId/],
  ["InvalidMonitorId.Malformed", 400, /InvalidMonitorId\.Malformed/],
  ["InvalidApi.NotFound", 404, /endpoint does not serve this API/],
  ["NobodyKnows", 404, /NobodyKnows/],
])("%s (%s) ends it at once, and the session stays in the state", async (code, status, advice) => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.script(DELETE, { kind: "refuse", code, status });
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(advice);
  expect(error.message).toMatch(
    /The session was not deleted\. The session may still run and cost money; it stays in the state/,
  );
  expect(count(stage, DELETE)).toBe(1);
});

test("refusals without a running session to explain them are repeated, but not for ever", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const refusal = { kind: "refuse", code: "InvalidParameter.Malformed", status: 400 } as const;
  stage.cloud.script(DELETE, ...Array.from({ length: 50 }, () => refusal));
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/answered InvalidParameter\.Malformed/);
  expect(count(stage, DELETE)).toBe(7);
});

test("a session that ran in between is given all its attempts again", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const refusal = { kind: "refuse", code: "Odd", status: 400 } as const;
  stage.cloud.script(DELETE, ...Array.from({ length: 12 }, () => refusal));
  const deleting = stage.delete(id, outs);
  const startSometime = async () => {
    while (count(stage, DELETE) < 6) {
      await stage.clock.sleep(200);
    }
    statusOf(stage, id, 1);
  };
  void startSometime();
  await deleting;
  expect(count(stage, DELETE)).toBe(13);
  expect(count(stage, STOP)).toBe(2);
});

test("throttled and unsent deletes are sent again without another look", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.script(DELETE, { kind: "refuse", code: "Throttling", status: 503 }, { kind: "not-sent" });
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).toEqual([LIST, DELETE, DELETE, DELETE]);
});

test.each([
  ["a lost answer", { kind: "lose", carriedOut: false }],
  ["a proxy's page", { kind: "html", status: 502 }],
  ["an error of the server", { kind: "refuse", code: "ServiceUnavailable", status: 503 }],
  ["an answer without a request id", { kind: "answer", body: {} }],
] as const)("%s is no answer: look, then delete again", async (_what, twist) => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.script(DELETE, twist);
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).toEqual([LIST, DELETE, LIST, DELETE]);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("that no list shows it proves nothing: the delete is sent all the same", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  const blind = { kind: "answer", body: { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } } as const;
  stage.cloud.script(LIST, blind, blind);
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
  expect(count(stage, STOP)).toBe(2);
});

test("a stop whose answer is lost is asked for again only after a look", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  stage.cloud.script(STOP, { kind: "lose", carriedOut: false });
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(stage.cloud.actions().slice(0, 5)).toEqual([LIST, STOP, LIST, STOP, LIST]);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("a stop that somebody undoes is asked for again", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  // Carried out, and undone at once: the session runs on.
  const undone = { kind: "answer", body: { RequestId: "r" } } as const;
  stage.cloud.script(STOP, undone, undone);
  await stage.delete(id, outs);
  expect(count(stage, STOP)).toBe(3);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("what is started again between stop and delete is stopped again", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  const again = { kind: "refuse", code: "InvalidParameter.Malformed", status: 400 } as const;
  stage.cloud.script(DELETE, again);
  const restart = async () => {
    while (count(stage, DELETE) === 0) {
      await stage.clock.sleep(10);
    }
    statusOf(stage, id, 1);
  };
  void restart();
  await stage.delete(id, outs);
  expect(stage.cloud.actions().filter((each) => each === STOP || each === DELETE)).toEqual([
    STOP,
    DELETE,
    STOP,
    DELETE,
  ]);
});

test("a session that goes away while it is stopped is gone", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  stage.cloud.script(STOP, { kind: "refuse", code: "StreamMonitorNotExist", status: 404 });
  await stage.delete(id, outs);
  expect(count(stage, DELETE)).toBe(0);
});

test("any number of deletes come to the same end", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  for (let i = 0; i < 3; i += 1) {
    await stage.delete(id, outs);
    stage.start();
  }
  expect(stage.cloud.sessions.size).toBe(0);
});
