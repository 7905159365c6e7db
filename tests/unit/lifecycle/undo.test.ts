import { engineGone, interrupted } from "../../../provider/lifecycle/operation";
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
