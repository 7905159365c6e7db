import { scenario } from "./harness/scenario";

scenario(
  "wait: a destroy never stops a session; at its deadline the error says where things stand, and the next one goes on",
  async (stack) => {
    stack.wall({ running: true, onDelete: "wait", timeouts: { delete: "2s" } });
    await stack.do("up");
    stack.calls();
    const log = await stack.fails("destroy");
    expect(log).toMatch(/The delete of session \S+ did not end within 2s\. A last look shows it running\./);
    expect(log).toMatch(
      /Time spent: .*waiting for the session to end on its own.*Calls sent: DescribeLiveStreamMonitorList \d+/,
    );
    expect(log).toMatch(/Last answer: DescribeLiveStreamMonitorList OK \(request id \S+\)/);
    expect(log).toMatch(/Run `pulumi destroy --stack dev` to continue.*ALICLOUD_LIVE_DELETE_TIMEOUT=6s/);
    expect(stack.writes()).toEqual([]);
    expect((await stack.monitor()).id).toBe(stack.session.MonitorId);

    // The environment beats the policy and the deadline of the state.
    expect(await stack.fails("destroy", { env: { ALICLOUD_LIVE_ON_DELETE: "refuse" } })).toMatch(
      /is running, and its `onDelete` is "refuse", so it was neither stopped nor deleted/,
    );
    expect(stack.writes()).toEqual([]);
    const destroy = stack.run("destroy", { env: { ALICLOUD_LIVE_DELETE_TIMEOUT: "1h" } });
    await stack.untilCalled("Describe");
    // Long enough for the row to say at least once what it waits for.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(stack.writes()).toEqual([]);
    stack.act("stop", { MonitorId: stack.session.MonitorId });
    const { ok, progress } = await destroy;
    expect(ok).toBe(true);
    expect(progress.join("\n")).toMatch(/waiting for the session to end on its own .* … \d+s \(\d+s of 1h\)/);
    expect(stack.writes()).toEqual(["Delete"]);
    expect(stack.sessions).toEqual([]);
  },
);
