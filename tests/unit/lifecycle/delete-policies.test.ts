import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const RUNNING = { ...ARGS, running: true };
const DELETE = "DeleteLiveStreamMonitor";
const STOP = "StopLiveStreamMonitor";

/** A running session, and its state, with these policies. */
async function running(policies: object, env: Record<string, string> = {}) {
  const stage = new Stage(env);
  const { id, outs } = await stage.create({ ...RUNNING, ...policies });
  stage.cloud.calls.length = 0;
  return { stage, id, outs };
}

function endsAfter(stage: Stage, id: string, minutes: number): void {
  void stage.clock.sleep(minutes * 60_000).then(() => {
    const session = stage.cloud.sessions.get(id);
    if (session) {
      session.Status = 0;
    }
  });
}

test.each([
  ["refuse", "stop"],
  ["wait", " stop "],
])("the environment beats onDelete %j of the state", async (onDelete, variable) => {
  const { stage, id, outs } = await running({ onDelete });
  stage.env.ALICLOUD_LIVE_ON_DELETE = variable;
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).toContain(STOP);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("the environment can forbid what the state allows", async () => {
  const { stage, id, outs } = await running({});
  stage.env.ALICLOUD_LIVE_ON_DELETE = "refuse";
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(/neither stopped nor deleted.*costs money.*stays in the state/);
  expect(stage.cloud.actions()).not.toContain(STOP);
  expect(stage.cloud.actions()).not.toContain(DELETE);
});

test.each(["halt", "Stop", "stop,wait"])("%s is no policy, and nothing is sent", async (variable) => {
  const { stage, id, outs } = await running({});
  stage.env.ALICLOUD_LIVE_ON_DELETE = variable;
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(/ALICLOUD_LIVE_ON_DELETE must be one of "stop", "wait", "refuse"/);
  expect(stage.cloud.calls).toEqual([]);
});

test("an empty variable says nothing", async () => {
  const { stage, id, outs } = await running({});
  Object.assign(stage.env, { ALICLOUD_LIVE_ON_DELETE: " ", ALICLOUD_LIVE_DELETE_TIMEOUT: "" });
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("a refusal concerns running sessions only", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, onDelete: "refuse" });
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("a refusal holds for a session that is found running only after the delete was refused", async () => {
  const { stage, id, outs } = await running({ onDelete: "refuse" });
  const stopped = { ...stage.cloud.sessions.get(id), Status: 0 };
  const lagging = { kind: "answer", body: { RequestId: "r", Total: 1, LiveStreamMonitorList: [stopped] } } as const;
  stage.cloud.script("DescribeLiveStreamMonitorList", lagging);
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/is running, and its `onDelete` is "refuse"/);
  expect(stage.cloud.actions()).not.toContain(STOP);
});

test("who waits gets an hour", async () => {
  const { stage, id, outs } = await running({ onDelete: "wait" });
  endsAfter(stage, id, 50);
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).not.toContain(STOP);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("who waits does not look more often than twice a minute in the end", async () => {
  const { stage, id, outs } = await running({ onDelete: "wait" });
  endsAfter(stage, id, 50);
  await stage.delete(id, outs);
  expect(stage.cloud.calls.length).toBeLessThan(180);
});

test("what never ends is an error after that hour, and is not stopped", async () => {
  const { stage, id, outs } = await running({ onDelete: "wait" });
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(
    /did not end within 1h\. A last look shows it running\..*ALICLOUD_LIVE_DELETE_TIMEOUT=3h pulumi destroy --stack dev/,
  );
  expect(stage.cloud.actions()).not.toContain(STOP);
  expect(stage.cloud.sessions.get(id)?.Status).toBe(1);
});

test("a session that is started again while it is waited for is waited for again", async () => {
  const { stage, id, outs } = await running({ onDelete: "wait" });
  endsAfter(stage, id, 5);
  stage.cloud.script(DELETE, { kind: "refuse", code: "Odd", status: 400 });
  const restart = async () => {
    while (!stage.cloud.actions().includes(DELETE)) {
      await stage.clock.sleep(10);
    }
    Object.assign(stage.cloud.sessions.get(id) ?? {}, { Status: 1 });
    endsAfter(stage, id, 5);
  };
  void restart();
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).not.toContain(STOP);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("the time for a delete: the environment's, then the state's", async () => {
  const { stage, id, outs } = await running({ timeouts: { delete: "90s" } });
  stage.cloud.delayMs = 24 * 3_600_000;
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/did not end within 1m30s\./);
  stage.env.ALICLOUD_LIVE_DELETE_TIMEOUT = "20s";
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/did not end within 20s\./);
  stage.env.ALICLOUD_LIVE_DELETE_TIMEOUT = "soon";
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(
    /ALICLOUD_LIVE_DELETE_TIMEOUT must be a duration.*Nothing was sent/,
  );
});

test("a policy that an older or newer version left in the state is no reason to do harm", async () => {
  const { stage, id, outs } = await running({});
  await expect(stage.delete(id, { ...outs, onDelete: "archive" })).rejects.toThrow(/must be one of/);
  expect(stage.cloud.calls).toEqual([]);
});

test("a deadline without a last answer says so", async () => {
  const { stage, id, outs } = await running({ timeouts: { delete: "30s" } });
  stage.cloud.delayMs = 24 * 3_600_000;
  void stage.clock.sleep(29_900).then(() => {
    const dead = Array.from({ length: 99 }, () => ({ kind: "not-sent" }) as const);
    stage.cloud.script("DescribeLiveStreamMonitorList", ...dead);
  });
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/A last look got no answer\./);
});

test("an engine that dies in the middle ends it before the next change", async () => {
  const { stage, id, outs } = await running({});
  void stage.clock.sleep(500).then(() => {
    stage.engineAlive = false;
  });
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(
    /no longer answers\. It concerns session shop--dev--wall--\w+ \(\S+\)\. The session may still run and cost money; it stays in the state\. Run `pulumi destroy` again/,
  );
  expect(stage.cloud.actions()).toContain(STOP);
  expect(stage.cloud.actions()).not.toContain(DELETE);
});
