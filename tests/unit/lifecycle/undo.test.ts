import { OperationAborted } from "../../../provider/base/errors";
import { cancelled, engineGone, interrupted } from "../../../provider/lifecycle/operation";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const CREATE = "CreateLiveStreamMonitor";
const LIST = "DescribeLiveStreamMonitorList";
const ENDS = [
  ["a signal", () => interrupted("SIGINT")],
  ["the end of the engine", () => engineGone()],
] as const;

/** Creates, and ends the create from outside at a time. */
async function endedAt(stage: Stage, ms: number, reason: () => ReturnType<typeof engineGone>, args: object = ARGS) {
  const inputs = await stage.checked(args);
  const creating = thrownBy(stage.clock.run(stage.hooks.create(inputs)));
  void stage.clock.sleep(ms).then(() => {
    stage.engineAlive = reason().why !== "engine-gone";
    for (const operation of stage.operations) {
      operation.end(reason());
    }
  });
  return { error: await creating, name: String(inputs.monitorName) };
}

/** A stage on which the answer to Create is lost, and the list does not show the session for a while. */
function withLostCreate(): Stage {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: true });
  const empty = { kind: "answer", body: { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } } as const;
  stage.cloud.script(LIST, ...Array(8).fill(empty));
  return stage;
}

describe.each(ENDS)("%s ends a create", (_what, reason) => {
  test("while it waits until the session runs: stopped and deleted again", async () => {
    const stage = new Stage();
    stage.cloud.script("StartLiveStreamMonitor", { kind: "late", ms: 5 });
    const { error, name } = await endedAt(stage, 700, reason, { ...ARGS, running: true });
    expect(stage.cloud.sessions.size).toBe(0);
    expect(error).not.toHaveProperty("id");
    expect(error.message).toMatch(
      new RegExp(`it had created, ${name} \\(.*\\), was deleted again\\. Nothing is in the state`),
    );
  });

  test("while its answer is on the way: the answer is awaited, and the session deleted again", async () => {
    const stage = new Stage();
    stage.cloud.script(CREATE, { kind: "late", ms: 2_000 });
    const { error } = await endedAt(stage, 1_000, reason);
    expect(stage.cloud.sessions.size).toBe(0);
    expect(error.message).toMatch(/was deleted again/);
  });

  test("while it looks for a session whose create was lost: found by its generated name, and deleted again", async () => {
    const stage = withLostCreate();
    const { error } = await endedAt(stage, 1_000, reason);
    expect(stage.cloud.sessions.size).toBe(0);
    expect(error.message).toMatch(/was deleted again/);
  });

  test("while it looks for a session of a chosen name and stream: it may be anybody's, and is only named", async () => {
    const stage = withLostCreate();
    const { error } = await endedAt(stage, 1_000, reason, { ...ARGS, monitorName: "wall", stream: "s" });
    const [monitorId] = stage.cloud.sessions.keys();
    expect(error).toHaveProperty("id", monitorId);
    expect(error.message).toContain(
      `Session wall (${monitorId}) exists. It may run and cost money, and the state may lack it.`,
    );
  });

  test("before Create was sent: nothing was created, and nothing is sent any more", async () => {
    const stage = new Stage();
    stage.cloud.script("GetCallerIdentity", { kind: "late", ms: 5_000 });
    const { error } = await endedAt(stage, 1_000, reason);
    expect(stage.cloud.actions()).toEqual(["GetCallerIdentity"]);
    expect(error.message).toMatch(/Nothing was created\. Run `pulumi up` again/);
  });

  test("that adopts: the session stays, and is told to be in the state", async () => {
    const stage = new Stage();
    const monitorId = stage.cloud.add({ MonitorName: "wall", InputList: [] });
    stage.cloud.script("StartLiveStreamMonitor", { kind: "late", ms: 5 });
    stage.cloud.delayMs = 60_000;
    const args = { ...ARGS, adopt: { monitorId }, running: true };
    const { error } = await endedAt(stage, 20_000, reason, args);
    expect(stage.cloud.sessions.size).toBe(1);
    expect(error).toHaveProperty("id", monitorId);
  });
});

test("what cannot be deleted again in time is told with its name, its id and the command that finds it", async () => {
  const stage = new Stage();
  stage.cloud.delayMs = 60_000;
  const refusal = { kind: "refuse", code: "Odd", status: 400 } as const;
  stage.cloud.script("DeleteLiveStreamMonitor", ...Array(20).fill(refusal));
  const { error, name } = await endedAt(stage, 2_000, () => interrupted("SIGTERM"), { ...ARGS, running: true });
  const [id] = stage.cloud.sessions.keys();
  expect(error).toHaveProperty("id", id);
  expect(error.message).toMatch(new RegExp(`could not be deleted again in time: .*Session ${name} \\(${id}\\) exists`));
  expect(error.message).toMatch(
    /pulumi stack export --stack dev .* sweep --project shop --stack dev --state state\.json/,
  );
});

test("a result that the engine cannot record any more is undone", async () => {
  const stage = new Stage();
  const inputs = await stage.checked(ARGS);
  const creating = thrownBy(stage.clock.run(stage.hooks.create(inputs)));
  // Create is the last write, and no answer to a read tells that the engine has died.
  const die = async () => {
    while (stage.cloud.sessions.size === 0) {
      await stage.clock.sleep(1);
    }
    stage.engineAlive = false;
  };
  void die();
  const error = await creating;
  expect(stage.cloud.sessions.size).toBe(0);
  expect(error.message).toMatch(/no longer answers\. .*was deleted again/);
});

test("a create that fails when the engine is gone is undone too", async () => {
  const stage = new Stage();
  const inputs = await stage.checked({ ...ARGS, running: true });
  stage.cloud.script("StartLiveStreamMonitor", { kind: "refuse", code: "InvalidApi.NotFound", status: 404 });
  // The engine dies when Start has left.
  const { calls } = stage.cloud;
  const push = calls.push.bind(calls);
  calls.push = (...made) => {
    stage.engineAlive &&= !made.some(({ action }) => action === "StartLiveStreamMonitor");
    return push(...made);
  };
  const creating = thrownBy(stage.clock.run(stage.hooks.create(inputs)));
  const error = await creating;
  expect(error).not.toHaveProperty("id");
  expect(stage.cloud.sessions.size).toBe(0);
});

test("a deadline is no such end: the engine records the session as unfinished", async () => {
  const stage = new Stage();
  stage.cloud.delayMs = 120_000;
  const creating = thrownBy(stage.create({ ...ARGS, running: true, timeouts: { create: "1m" } }));
  const error = await creating;
  expect(stage.cloud.sessions.size).toBe(1);
  expect(error).toHaveProperty("id", [...stage.cloud.sessions.keys()][0]);
});

test("a deadline while the answer to Create is on the way: awaited, and recorded as unfinished", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "late", ms: 8_000 });
  const error = await thrownBy(stage.create({ ...ARGS, timeouts: { create: "3s" } }));
  expect(error).toHaveProperty("id", [...stage.cloud.sessions.keys()][0]);
});

describe.each([
  ["Pulumi asked to stop", () => cancelled()],
  ["the deadline", () => new OperationAborted("deadline", "It did not end in time.")],
] as const)("after %s the engine records the session, unless it goes, too", (_what, first) => {
  test.each(ENDS)("then %s: what was created is deleted again", async (_end, second) => {
    const stage = new Stage();
    stage.cloud.script(CREATE, { kind: "late", ms: 3_000 });
    const inputs = await stage.checked({ ...ARGS, running: true });
    const creating = thrownBy(stage.clock.run(stage.hooks.create(inputs)));
    const end = (reason: OperationAborted) => {
      for (const operation of stage.operations) {
        operation.end(reason);
      }
    };
    void stage.clock.sleep(1_000).then(() => end(first()));
    void stage.clock.sleep(1_500).then(() => {
      stage.engineAlive = second().why !== "engine-gone";
      end(second());
    });
    expect((await creating).message).toMatch(/was deleted again/);
    expect(stage.cloud.sessions.size).toBe(0);
  });
});

test("Pulumi asks to stop while the answer to Create is on the way: awaited, and recorded as unfinished", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "late", ms: 2_000 });
  const { error } = await endedAt(stage, 1_000, cancelled, { ...ARGS, running: true });
  const [monitorId] = stage.cloud.sessions.keys();
  expect(error).toHaveProperty("id", monitorId);
  expect(error.message).toMatch(/asked to stop .* exists and is in the state as unfinished/);
  expect(error.message).not.toMatch(/Nothing was created/);
});

test("a chosen name that looks generated is not undone after a lost answer: it may be anybody's", async () => {
  const stage = withLostCreate();
  const { error } = await endedAt(stage, 1_000, () => interrupted("SIGINT"), {
    ...{ ...ARGS, monitorName: "shop--dev--wall--0a1b2c3d", stream: "mine" },
  });
  expect(stage.cloud.sessions.size).toBe(1);
  expect(error.message).toMatch(/Session shop--dev--wall--0a1b2c3d \(.*\) exists/);
});

test("last words name the session as the cloud has it: with its expiry", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: true });
  const empty = { kind: "answer", body: { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } } as const;
  stage.cloud.script(LIST, ...Array(4000).fill(empty));
  const inputs = await stage.checked({ ...ARGS, ttl: "4h" });
  const error = await thrownBy(stage.clock.run(stage.hooks.create(inputs)));
  const [live] = stage.cloud.sessions.values();
  expect(error.message).toContain(`Session ${live?.MonitorName},`);
});

test("last words of a delete and of an update name the session", async () => {
  for (const verb of ["delete", "update"] as const) {
    const stage = new Stage();
    const { id, outs } = await stage.create(ARGS);
    stage.cloud.script(LIST, { kind: "late", ms: 8_000 });
    const news = await stage.checked({ ...ARGS, outputTemplate: "lp_ld" }, outs);
    const calls = { delete: () => stage.hooks.delete?.(id, outs), update: () => stage.hooks.update?.(id, outs, news) };
    const ended = thrownBy(stage.clock.run(Promise.resolve(calls[verb]())));
    void stage.clock.sleep(3_000).then(() => {
      for (const operation of stage.operations) {
        operation.end(interrupted("SIGTERM"));
      }
    });
    expect((await ended).message).toContain(`${outs.monitorName} (${id})`);
  }
});
