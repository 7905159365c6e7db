import type { Twist } from "../../support/scripted-cloud";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const LIST = "DescribeLiveStreamMonitorList";
const STOP = "StopLiveStreamMonitor";
const DELETE = "DeleteLiveStreamMonitor";

const listed = (body: object): Twist => ({ kind: "answer", body: { RequestId: "r", ...body } });
/** What a list that fails does. */
const DOWN: Record<string, Twist> = {
  "answers 503 with a page": { kind: "html", status: 503 },
  "answers InternalError": { kind: "refuse", code: "InternalError", status: 500 },
  "gives no answer": { kind: "lose", carriedOut: false },
  "cannot be connected to": { kind: "not-sent" },
  "is no list": listed({ LiveStreamMonitorList: {} }),
  "shows others, when it is asked for one": listed({ LiveStreamMonitorList: [{ MonitorId: "other", Status: 0 }] }),
  "is empty, and says that it is not": listed({ Total: 1, LiveStreamMonitorList: [] }),
};

/** A session, and a list that fails from now on, or from some call on. */
async function unseen(args: object, twist: Twist, times = 1_000) {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, ...args });
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.start();
  stage.cloud.calls.length = 0;
  stage.cloud.twistFiltered(...Array.from({ length: times }, () => twist));
  stage.cloud.twistPages(...Array.from({ length: times }, () => twist));
  const began = stage.clock.now();
  const writes = () => stage.cloud.calls.filter(({ action }) => action !== LIST).map(({ action }) => action);
  const firstWrite = () => (stage.cloud.calls.find(({ action }) => action === STOP)?.time ?? 0) - began;
  return { stage, id, outs, writes, firstWrite };
}

describe.each(Object.entries(DOWN))("a list that %s", (what, twist) => {
  test.each([true, false])("is waited for for a minute; then stop, and delete (running: %s)", async (running) => {
    const { stage, id, outs, writes, firstWrite } = await unseen({ running }, twist);
    await stage.delete(id, outs);
    expect(stage.cloud.sessions.size).toBe(0);
    expect(writes().slice(0, 2)).toEqual([STOP, DELETE]);
    // A whole list that makes sense shows the session, or shows that it lacks it: then it is asked for by its id.
    expect(firstWrite()).toBeGreaterThanOrEqual(60_000);
    expect(firstWrite()).toBeLessThan(75_000);
    expect(stage.shown.join()).toMatch(/list of sessions fails.*stopped and deleted without looking first/);
    expect(what).toBeDefined();
  });

  test.each(["wait", "refuse"])("holds up a delete with onDelete %s until the deadline", async (onDelete) => {
    const { stage, id, outs, writes } = await unseen({ onDelete, timeouts: { delete: "5m" } }, twist);
    const { message } = await thrownBy(stage.delete(id, outs));
    expect(message).toMatch(/did not end within 5m\. A last look got no answer\..*Last answer: Describe.*stays in/);
    expect(writes()).toEqual([]);
  });

  test("holds up a delete until the deadline in a process that was to adopt a session", async () => {
    const { stage, id, outs, writes } = await unseen({ timeouts: { delete: "5m" } }, twist);
    stage.cloud.twistFiltered();
    const adopting = await stage.checked({
      ...ARGS,
      monitorName: "other",
      adopt: { byName: true },
      timeouts: { create: "1s" },
    });
    await stage.clock.run(stage.hooks.create(adopting)).catch(() => {});
    stage.cloud.calls.length = 0;
    expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/did not end within 5m/);
    expect(writes()).toEqual([]);
  });
});

test("a list that is in order again within the minute is used", async () => {
  const { stage, id, outs, writes } = await unseen({}, DOWN["answers InternalError"] as Twist, 6);
  await stage.delete(id, outs);
  expect(writes()).toEqual([DELETE]);
  expect(stage.shown.join()).not.toMatch(/without a look/);
});

test.each([
  ["Forbidden.RAM", 403],
  ["InvalidAccessKeyId.NotFound", 404],
  ["SomethingNew", 400],
])("a list that is refused with %s does not count as failing: the delete fails at once", async (code, status) => {
  const { stage, id, outs, writes } = await unseen({}, { kind: "refuse", code, status });
  const began = stage.clock.now();
  expect((await thrownBy(stage.delete(id, outs))).message).toContain(code);
  expect([writes(), stage.clock.now() - began < 10_000]).toEqual([[], true]);
});

test("a list that only asks to be asked more slowly is waited for", async () => {
  const { stage, id, outs, writes } = await unseen({}, { kind: "refuse", code: "Throttling.User", status: 400 }, 150);
  const began = stage.clock.now();
  await stage.delete(id, outs);
  expect(stage.clock.now() - began).toBeGreaterThan(60_000);
  expect(writes()).toEqual([DELETE]);
});

test("a short deadline leaves half of its time for stop and delete", async () => {
  const { stage, id, outs, firstWrite } = await unseen(
    { running: true, timeouts: { delete: "30s" } },
    DOWN["answers InternalError"] as Twist,
  );
  await stage.delete(id, outs);
  expect(firstWrite()).toBeLessThan(20_000);
});

test("a list that fails during the wait for a stop does not end the delete", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  stage.cloud.delayMs = 20_000;
  void stage.clock.sleep(5_000).then(() => {
    stage.cloud.twistFiltered(...Array.from({ length: 1_000 }, () => DOWN["gives no answer"] as Twist));
  });
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("a delete that is refused meanwhile counts as a session that is still stopping, until the deadline", async () => {
  const { stage, id, outs, writes } = await unseen({ running: true }, DOWN["answers InternalError"] as Twist);
  stage.cloud.delayMs = 300_000;
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
  // More often than a look that shows no reason for it would allow.
  expect(writes().filter((action) => action === DELETE).length).toBeGreaterThan(10);
  const never = await unseen({ running: true }, DOWN["answers InternalError"] as Twist);
  never.stage.cloud.delayMs = 3_600_000;
  expect((await thrownBy(never.stage.delete(never.id, never.outs))).message).toMatch(
    /did not end within 10m\. A last look got no answer\..*deleting, while the list fails.*stays in the state/,
  );
});

test("a session that is started again behind our back is stopped again, unseen", async () => {
  const { stage, id, outs, writes } = await unseen({ running: true }, DOWN["answers InternalError"] as Twist);
  stage.cloud.script(STOP, listed({}));
  await stage.delete(id, outs);
  expect(writes().filter((action) => action === STOP)).toHaveLength(2);
});

test.each(["stop", "wait", "refuse"])(
  "a delete whose answer is lost is sent again when the list fails, with onDelete %s",
  async (onDelete) => {
    const { stage, id, outs, writes } = await unseen({ onDelete }, listed({}), 0);
    stage.cloud.script(DELETE, { kind: "lose", carriedOut: true });
    // The first look is in order.
    void stage.clock.sleep(1).then(async () => {
      while (!writes().includes(DELETE)) {
        await stage.clock.sleep(1);
      }
      stage.cloud.twistFiltered(...Array.from({ length: 1_000 }, () => DOWN["gives no answer"] as Twist));
    });
    await stage.delete(id, outs);
    expect(stage.cloud.actions().at(-1)).toBe("GetCallerIdentity");
    expect(writes().filter((action) => action === DELETE).length).toBeLessThanOrEqual(2);
  },
);

test("gone without a look is believed by the usual checks alone", async () => {
  const { stage, id, outs } = await unseen({}, DOWN["answers InternalError"] as Twist);
  stage.cloud.sessions.clear();
  stage.cloud.accountId = "2000";
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/account 2000 was asked/);
});
