import { type Stack, scenario } from "./harness/scenario";

/** Somebody else stops and deletes the session of a resource. */
async function vanish(stack: Stack, resource: string): Promise<void> {
  const { MonitorId, Status } = stack.sessionOf(resource);
  if (Status === 1) {
    stack.act("stop", { MonitorId });
    await stack.untilStatus(resource, 0);
  }
  stack.act("delete", { MonitorId });
}

const WALLS = { gone: { running: true }, stays: {} };

scenario(
  "gone out of band: an update says what to do, a refresh takes it out of the state, up makes a new one, and a destroy takes it as done",
  async (stack) => {
    stack.walls(WALLS);
    await stack.do("up");
    const { MonitorId } = stack.sessionOf("gone");
    await vanish(stack, "gone");
    stack.walls({ ...WALLS, gone: { running: true, outputTemplate: "lp_ld" } });
    expect(await stack.fails("up")).toMatch(/is gone: it was deleted outside of Pulumi.*Run `pulumi up --refresh`/);
    expect((await stack.monitor("gone")).id).toBe(MonitorId);
    stack.calls();
    await stack.do("refresh");
    const asked = stack.calls().filter((call) => call.MonitorId === MonitorId);
    // A list that misses it proves nothing: it is asked for by its id, three times within half a minute.
    expect(asked).toHaveLength(3);
    expect((asked.at(-1)?.time ?? 0) - (asked[0]?.time ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect((await stack.monitors()).map((each) => each.id)).toEqual([stack.sessionOf("stays").MonitorId]);
    await stack.do("up");
    expect(stack.writes()).toEqual(["Create", "Start"]);
    await vanish(stack, "gone");
    await vanish(stack, "stays");
    stack.calls();
    await stack.do("destroy");
    expect(stack.writes()).toEqual(["Delete", "Delete"]);
    expect(await stack.monitors()).toEqual([]);
  },
  { core: true },
);

scenario(
  "gone out of band: up --refresh makes a new one, and tells what depends on it of the new one",
  async (stack) => {
    stack.program(`
    const first = new StreamMonitor("first", args);
    new StreamMonitor("second", { ...args, app: first.stream }, { dependsOn: first });`);
    await stack.do("up");
    const [before] = [stack.sessionOf("second")];
    await vanish(stack, "first");
    stack.calls();
    await stack.do("up", { refresh: true });
    expect(stack.writesByResource()).toEqual({ first: ["Create"], second: ["Update"] });
    expect(stack.sessionOf("second")).toMatchObject({
      MonitorId: before.MonitorId,
      App: stack.sessionOf("first").Stream,
    });
  },
);
