import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const RUNNING = { ...ARGS, running: true };

test("stops a running session, waits until it has stopped, and deletes it", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
  const writes = stage.cloud.actions().filter((action) => !action.startsWith("Describe"));
  expect(writes).toEqual(["StopLiveStreamMonitor", "DeleteLiveStreamMonitor"]);
});

test("takes StreamMonitorNotExist for gone, from the owning account", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.sessions.clear();
  await stage.delete(id, outs);
});

test("does not believe another account that the session is gone", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.accountId = "2000";
  stage.env.ALIBABA_CLOUD_ACCESS_KEY_ID = "other-key";
  stage.start();
  stage.cloud.sessions.clear();
  await expect(stage.delete(id, outs)).rejects.toThrow(/account 2000 was asked.*belongs to account 1000/);
});

test("waits for a session that must not be stopped", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...RUNNING, onDelete: "wait" });
  void stage.clock.sleep(10 * 60_000).then(() => {
    const session = stage.cloud.sessions.get(id);
    if (session) {
      session.Status = 0;
    }
  });
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).not.toContain("StopLiveStreamMonitor");
  expect(stage.cloud.sessions.size).toBe(0);
});

test("refuses, when told to", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...RUNNING, onDelete: "refuse" });
  await expect(stage.delete(id, outs)).rejects.toThrow(/is running, and its `onDelete` is "refuse"/);
  expect(stage.cloud.sessions.get(id)?.Status).toBe(1);
});

test("a deadline ends in an error that says what took the time", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  stage.cloud.delayMs = 24 * 3600_000;
  await expect(stage.delete(id, outs)).rejects.toThrow(
    /did not end within 10m\. A last look shows it running\. Time spent: .*Run `pulumi destroy --stack dev` to continue/,
  );
});

test("a lost answer is settled by a look", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.calls.length = 0;
  stage.cloud.script("DeleteLiveStreamMonitor", { kind: "lose", carriedOut: true });
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).toEqual([
    "DescribeLiveStreamMonitorList",
    "DeleteLiveStreamMonitor",
    "DescribeLiveStreamMonitorList",
    "DeleteLiveStreamMonitor",
  ]);
});

test.each<["create" | "delete" | "wait", RegExp]>([
  ["create", /Time spent: .*starting [\d.]+\w*, waiting until it runs 5m/],
  ["delete", /Time spent: .*looking [\d.]+\w*, stopping [\d.]+\w*, waiting until it has stopped 10m/],
  ["wait", /Time spent: .*waiting for the session to end on its own \(onDelete is "wait"\) 1h/],
])("the error at a deadline tells the phases of a %s", async (what, phases) => {
  const stage = new Stage();
  const stuck = 24 * 3600_000;
  if (what === "create") {
    stage.cloud.delayMs = stuck;
    expect((await thrownBy(stage.create(RUNNING))).message).toMatch(phases);
    return;
  }
  const { id, outs } = await stage.create({ ...RUNNING, ...(what === "wait" ? { onDelete: "wait" } : {}) });
  stage.cloud.delayMs = stuck;
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(phases);
});

test("that it is stopped already is answer enough: no look comes between that and the delete", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  const body = { RequestId: "r", Total: 1, LiveStreamMonitorList: [{ ...stage.cloud.sessions.get(id) }] };
  Object.assign(stage.cloud.sessions.get(id) ?? {}, { Status: 0 });
  stage.start();
  stage.cloud.calls.length = 0;
  stage.cloud.script("DescribeLiveStreamMonitorList", { kind: "answer", body });
  await stage.delete(id, outs);
  expect(stage.cloud.actions()).toEqual([
    "DescribeLiveStreamMonitorList",
    "StopLiveStreamMonitor",
    "DeleteLiveStreamMonitor",
  ]);
});

test("a stop is not looked for before the time that stops have taken so far", async () => {
  const stage = new Stage();
  stage.cloud.delayMs = 20_000;
  const [one, other] = [await stage.create(RUNNING), await stage.create(RUNNING)];
  await stage.delete(one.id, one.outs);
  stage.cloud.calls.length = 0;
  await stage.delete(other.id, other.outs);
  const stopped = stage.cloud.calls.findIndex((call) => call.action === "StopLiveStreamMonitor");
  const [stop, look] = stage.cloud.calls.slice(stopped);
  expect(look?.action).toBe("DescribeLiveStreamMonitorList");
  expect((look?.time ?? 0) - (stop?.time ?? 0)).toBeGreaterThanOrEqual(18_000);
});

test.each(["stop", "wait", "refuse"])(
  "%s: who owns the session is looked up by its id, whatever a list showed seconds ago",
  async (onDelete) => {
    const stage = new Stage();
    const { id, outs } = await stage.create({ ...ARGS, onDelete });
    await stage.clock.run(stage.clock.sleep(10_000));
    await stage.read(id, outs);
    stage.cloud.calls.length = 0;
    await stage.delete(id, outs);
    const looks = stage.cloud.calls.filter((call) => call.action === "DescribeLiveStreamMonitorList");
    expect(looks.map(({ query }) => query.MonitorId)).toEqual([id]);
  },
);

test("polling is quick at first, and slower the longer it lasts, up to five seconds", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  stage.start();
  stage.cloud.delayMs = 24 * 3600_000;
  stage.cloud.calls.length = 0;
  await thrownBy(stage.delete(id, outs));
  const looks = stage.cloud.calls.filter((call) => call.action === "DescribeLiveStreamMonitorList");
  const gaps = looks.slice(1).map((call, i) => call.time - (looks[i]?.time ?? 0));
  expect(Math.max(...gaps.slice(0, 3))).toBeLessThan(500);
  expect(Math.max(...gaps)).toBeLessThan(7_000);
  expect(Math.min(...gaps.slice(-10, -1))).toBeGreaterThan(3_500);
});
