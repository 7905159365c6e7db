import { scenario } from "./harness/scenario";

scenario(
  "up creates and starts a session, a second up calls nothing, destroy stops and deletes it, a second destroy calls nothing",
  async (stack) => {
    // Long enough for the row to say at least once what it waits for.
    stack.set({ startDelayMs: 3000 });
    stack.wall({ running: true });
    const log = await stack.do("up");
    expect(log).toMatch(/session shop--dev--wall--.*waiting until it runs … \d+s \(\d+s of 5m\)/s);
    expect(stack.session).toMatchObject({ Status: 1, Domain: "play.example.com", OutputTemplate: "lp_hd" });
    expect(stack.session.MonitorName).toMatch(/^shop--dev--wall--[0-9a-z]{8}$/);
    const monitor = await stack.monitor();
    expect(monitor.id).toBe(stack.session.MonitorId);
    expect(monitor.outputs).toMatchObject({ monitorId: monitor.id, status: "running", region: "cn-shanghai" });
    expect(stack.writes()).toEqual(["Create", "Start"]);

    const before = await stack.state();
    await stack.do("up");
    await stack.do("preview");
    expect(stack.calls()).toEqual([]);
    expect(await stack.state()).toEqual(before);

    await stack.do("destroy");
    expect(stack.writes()).toEqual(["Stop", "Delete"]);
    expect(stack.sessions).toEqual([]);
    expect((await stack.state()).resources).toEqual([]);
    await stack.do("destroy");
    expect(stack.calls()).toEqual([]);
  },
  { core: true },
);

scenario(
  "a component has several sessions, and what the program no longer declares is stopped and deleted",
  async (stack) => {
    const declare = (keys: string[], more: string) =>
      stack.program(`
    class Environment extends pulumi.ComponentResource {
      constructor(name) {
        super("test:Environment", name);
        const running = ${JSON.stringify(keys)}.map((key) => new StreamMonitor(key, { ...args, running: true }, { parent: this }));
        const last = new StreamMonitor("last", { ...args, app: running[0].stream }, { parent: this, dependsOn: running });
        this.registerOutputs({ last: last.id });
      }
    }
    new Environment("environment");
    ${more}`);
    declare(["a", "b", "c"], `new StreamMonitor("beside", args);`);
    await stack.do("preview");
    expect(stack.calls()).toEqual([]);
    await stack.do("up");
    expect(stack.sessions.map((each) => each.Status).sort()).toEqual([0, 0, 1, 1, 1]);
    // Each hook is told the very URN that Pulumi gives the resource, below a component and beside it.
    const { resources } = await stack.state();
    const monitors = resources.filter(({ type }) => type.endsWith(":StreamMonitor"));
    expect(monitors).toHaveLength(5);
    expect(monitors.map(({ outputs }) => outputs?.__urn)).toEqual(monitors.map(({ urn }) => urn));
    const last = stack.sessions.find((each) => each.MonitorName.includes("--last--"));
    expect(last?.App).toMatch(/^shop--dev--a--/);
    stack.calls();
    declare(["a", "b"], "");
    await stack.do("up");
    expect(stack.writesByResource()).toEqual({ c: ["Stop", "Delete"], beside: ["Delete"] });
  },
);

scenario("explicit providers have regions and accounts of their own", async (stack) => {
  const [own, other] = stack.server.accounts;
  stack.program(`
    const singapore = new Provider("singapore", { region: "ap-southeast-1" });
    const other = new Provider("other", {
      region: "cn-beijing", accessKey: "${other?.accessKeyId}", secretKey: "${other?.accessKeySecret}",
    });
    new StreamMonitor("here", args);
    new StreamMonitor("there", { ...args, running: true }, { provider: singapore });
    new StreamMonitor("elsewhere", { ...args, running: true }, { provider: other });`);
  await stack.do("up");
  expect(stack.sessionOf("here")).toMatchObject({ region: "cn-shanghai", accountId: own?.accountId });
  expect(stack.sessionOf("there")).toMatchObject({ region: "ap-southeast-1", accountId: own?.accountId });
  expect(stack.sessionOf("elsewhere")).toMatchObject({ region: "cn-beijing", accountId: other?.accountId });
  stack.calls();
  await stack.do("up", { refresh: true });
  expect(stack.writes()).toEqual([]);
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});
