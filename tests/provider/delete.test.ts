import { ARGS, Stage } from "../support/stage";

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
  await expect(stage.delete(id, outs)).rejects.toThrow(/asked as account 2000.*belongs to account 1000/);
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

test("a deadline ends in an error that says where the time went", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(RUNNING);
  stage.cloud.delayMs = 24 * 3600_000;
  await expect(stage.delete(id, outs)).rejects.toThrow(
    /did not end within 10m\. A last look shows it running\. Time went to: .*Run `pulumi destroy --stack dev` to go on/,
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
