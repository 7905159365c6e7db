import { scenario } from "./harness/scenario";

const only = ["plugin", "Pulumi's plugin for dynamic resources takes no notice of the first Ctrl-C"] as const;

scenario(
  "the first Ctrl-C ends creates at once, the state has their sessions as unfinished, and the next up finishes them",
  async (stack) => {
    stack.set({ startDelayMs: 4_000 });
    stack.program(`for (const name of ["a", "b"]) { new StreamMonitor(name, { ...args, running: true }); }`);
    const up = await stack.start("up");
    await stack.untilCalled("Start");
    up.signal("SIGINT");
    const { ok, log } = await up.done;
    expect(ok).toBe(false);
    expect(log.replace(/\s+/g, " ")).toMatch(/Pulumi asked to stop .* exists and is in the state as unfinished/);
    expect(log.replace(/\s+/g, " ")).not.toMatch(/Nothing was created[^*]* in the state as unfinished/);
    const made = stack.sessions.map(({ MonitorId }) => MonitorId).sort();
    expect((await stack.monitors()).map(({ id }) => id).sort()).toEqual(made);
    stack.set({ startDelayMs: 50 });
    await stack.do("up");
    expect(stack.sessions.filter(({ Status }) => Status === 1)).toHaveLength(2);
    await stack.do("destroy");
    expect(stack.sessions).toEqual([]);
  },
  { core: true, only, unequal: "which creates have begun" },
);

scenario(
  "the first Ctrl-C ends a delete at once, the state keeps the session, and the next destroy goes on",
  async (stack) => {
    stack.wall({ running: true });
    await stack.do("up");
    stack.set({ stopDelayMs: 5_000 });
    stack.calls();
    const destroy = await stack.start("destroy");
    await stack.untilCalled("Stop");
    destroy.signal("SIGINT");
    const { ok, log } = await destroy.done;
    expect(ok).toBe(false);
    expect(log.replace(/\s+/g, " ")).toMatch(/Pulumi asked to stop .* Run `pulumi destroy` again: it continues/);
    expect((await stack.monitor()).id).toBe(stack.session.MonitorId);
    await stack.do("destroy");
    expect(stack.sessions).toEqual([]);
  },
  { only },
);
