import { until } from "../support/until";
import { processesIn } from "./harness/processes";
import { scenario } from "./harness/scenario";

const ENDS_AT_ONCE = "with the plugin the first Ctrl-C ends everything: see cancel.test.ts";
const isPlugin = (command: string) => /dynamic-provider|plugin\.js/.test(command);

scenario(
  "Ctrl-C twice ends the plugin, nothing more is sent, and the next destroy goes on",
  async (stack) => {
    stack.wall({ running: true, onDelete: "wait" });
    await stack.do("up");
    stack.calls();
    const interrupted = await stack.start("destroy");
    await stack.untilCalled("Describe");
    interrupted.signal("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(processesIn(stack.place.directory).length).toBeGreaterThan(0);
    interrupted.signal("SIGINT");
    expect((await interrupted.done).ok).toBe(false);
    expect(stack.writes()).toEqual([]);
    stack.act("stop", { MonitorId: stack.session.MonitorId });
    await stack.do("destroy");
    expect(stack.writes()).toEqual(["Delete"]);
  },
  { core: true, only: ["dynamic", ENDS_AT_ONCE] },
);

scenario(
  "a killed engine ends the plugin, nothing more is sent, and the next destroy goes on",
  async (stack) => {
    stack.wall({ running: true, onDelete: "wait" });
    await stack.do("up");
    stack.calls();
    const killed = await stack.start("destroy");
    await stack.untilCalled("Describe");
    expect(processesIn(stack.place.directory).length).toBeGreaterThan(0);
    killed.signal("SIGKILL");
    await killed.done;
    expect(stack.writes()).toEqual([]);
    stack.act("stop", { MonitorId: stack.session.MonitorId });
    expect((await stack.monitor()).id).toBe(stack.session.MonitorId);
    await stack.do("destroy");
    expect(stack.writes()).toEqual(["Delete"]);
  },
  { core: true },
);

scenario(
  "a plugin that is killed in the middle of creates has named every session that it may have made",
  async (stack) => {
    stack.program(`for (const name of ["a", "b", "c"]) { new StreamMonitor(name, args); }`);
    stack.fault({ action: "CreateLiveStreamMonitor", kind: "hang", commit: true });
    const up = await stack.start("up");
    await until("three sessions are made", () => stack.sessions.length === 3);
    for (const { id } of processesIn(stack.place.directory).filter(({ command }) => isPlugin(command))) {
      process.kill(id, "SIGKILL");
    }
    const { log } = await up.done;
    expect(await stack.monitors()).toEqual([]);
    for (const { MonitorId, MonitorName } of stack.sessions) {
      expect(log).toContain(MonitorName);
      stack.forgiven.add(MonitorId);
    }
  },
);

scenario(
  "Ctrl-C once lets a delete finish and begins no other",
  async (stack) => {
    stack.set({ stopDelayMs: 2_000 });
    stack.program(`
    const first = new StreamMonitor("first", { ...args, running: true });
    new StreamMonitor("second", { ...args, running: true }, { dependsOn: first });`);
    await stack.do("up");
    stack.calls();
    const destroy = await stack.start("destroy");
    await stack.untilCalled("Stop");
    destroy.signal("SIGINT");
    await destroy.done;
    expect(stack.writesByResource()).toEqual({ second: ["Stop", "Delete"] });
    expect((await stack.monitors()).map((each) => each.id)).toEqual(stack.sessions.map((each) => each.MonitorId));
  },
  { only: ["dynamic", ENDS_AT_ONCE] },
);
