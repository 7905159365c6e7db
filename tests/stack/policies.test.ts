import { type Stack, scenario } from "./harness/scenario";

scenario("wait: a destroy never stops a session, but deletes it when it has ended", async (stack) => {
  await run(stack, { onDelete: "wait" });
  const destroy = stack.run("destroy");
  await stack.untilCalled("Describe");
  expect(stack.writes()).toEqual([]);
  // Long enough for the row to say at least once what it waits for.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  stack.act("stop", { MonitorId: stack.session.MonitorId });
  const { ok, progress } = await destroy;
  expect(ok).toBe(true);
  expect(progress.join("\n")).toMatch(/waiting for the session to end on its own .* … \d+s \(\d+s of 1h\)/);
  expect(stack.writes()).toEqual(["Delete"]);
  expect(stack.sessions).toEqual([]);
});

scenario("wait: at the deadline the error says where things stand, and the next destroy goes on", async (stack) => {
  await run(stack, { onDelete: "wait", timeouts: { delete: "2s" } });
  const log = await stack.fails("destroy");
  expect(log).toMatch(/The delete of session \S+ did not end within 2s\. A last look shows it running\./);
  expect(log).toMatch(
    /Time went to: .*waiting for the session to end on its own.*Calls sent: DescribeLiveStreamMonitorList \d+/,
  );
  expect(log).toMatch(/Last answer: DescribeLiveStreamMonitorList OK \(request id \S+\)/);
  expect(log).toMatch(/Run `pulumi destroy --stack dev` to continue.*ALICLOUD_LIVE_DELETE_TIMEOUT=6s/);
  expect(stack.writes()).toEqual([]);
  expect((await stack.monitor()).id).toBe(stack.session.MonitorId);
  await stack.do("destroy", { env: { ALICLOUD_LIVE_ON_DELETE: "stop" } });
  expect(stack.writes()).toEqual(["Stop", "Delete"]);
});

scenario("refuse: a running session is an error, a stopped one is deleted", async (stack) => {
  await run(stack, { onDelete: "refuse" });
  expect(await stack.fails("destroy")).toMatch(
    /is running, and its `onDelete` is "refuse", so it was neither stopped nor deleted/,
  );
  expect(stack.writes()).toEqual([]);
  expect((await stack.monitor()).id).toBe(stack.session.MonitorId);
  stack.act("stop", { MonitorId: stack.session.MonitorId });
  await stack.untilStatus("wall", 0);
  await stack.do("destroy");
  expect(stack.writes()).toEqual(["Delete"]);
});

scenario("the environment beats the state's policies, and is checked before anything is sent", async (stack) => {
  await run(stack, {});
  const refused: [string, RegExp][] = [
    ["refuse", /`onDelete` is "refuse"/],
    ["bogus", /ALICLOUD_LIVE_ON_DELETE must be one of "stop", "wait", "refuse"/],
  ];
  for (const [policy, message] of refused) {
    expect(await stack.fails("destroy", { env: { ALICLOUD_LIVE_ON_DELETE: policy } })).toMatch(message);
  }
  const soon = { ALICLOUD_LIVE_ON_DELETE: "wait", ALICLOUD_LIVE_DELETE_TIMEOUT: "1s" };
  expect(await stack.fails("destroy", { env: soon })).toMatch(/did not end within 1s/);
  expect(await stack.fails("destroy", { env: { ALICLOUD_LIVE_DELETE_TIMEOUT: "soon" } })).toMatch(
    /ALICLOUD_LIVE_DELETE_TIMEOUT must be a duration/,
  );
  expect(stack.writes()).toEqual([]);
  await stack.do("destroy");
});

async function run(stack: Stack, args: object): Promise<void> {
  stack.wall({ running: true, ...args });
  await stack.do("up");
  stack.calls();
}
