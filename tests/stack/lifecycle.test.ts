import { scenario } from "./harness/scenario";

scenario(
  "up creates and starts a session, and destroy stops and deletes it",
  async (stack) => {
    stack.wall({ running: true });
    await stack.do("up");
    expect(stack.session).toMatchObject({ Status: 1, Domain: "play.example.com", OutputTemplate: "lp_hd" });
    expect(stack.session.MonitorName).toMatch(/^shop--dev--wall--[0-9a-z]{8}$/);
    const monitor = await stack.monitor();
    expect(monitor.id).toBe(stack.session.MonitorId);
    expect(monitor.outputs).toMatchObject({ monitorId: monitor.id, status: "running", region: "cn-shanghai" });
    expect(stack.writes()).toEqual(["Create", "Start"]);

    await stack.do("destroy");
    expect(stack.writes()).toEqual(["Stop", "Delete"]);
    expect(stack.sessions).toEqual([]);
    expect((await stack.state()).resources).toEqual([]);
  },
  { core: true },
);

scenario(
  "a second up calls nothing and leaves the state as it is",
  async (stack) => {
    stack.wall({ running: true });
    await stack.do("up");
    const before = await stack.state();
    stack.calls();
    await stack.do("up");
    expect(stack.calls()).toEqual([]);
    expect(await stack.state()).toEqual(before);
    await stack.do("preview");
    expect(stack.calls()).toEqual([]);
    await stack.do("destroy");
  },
  { core: true },
);

scenario("a destroy of what is destroyed does nothing", async (stack) => {
  stack.wall();
  await stack.do("up");
  await stack.do("destroy");
  stack.calls();
  await stack.do("destroy");
  expect(stack.calls()).toEqual([]);
});

scenario("a component with several sessions comes and goes with its stack", async (stack) => {
  stack.program(`
    class Environment extends pulumi.ComponentResource {
      constructor(name) {
        super("test:Environment", name);
        const running = ["a", "b", "c"].map((key) => new StreamMonitor(key, { ...args, running: true }, { parent: this }));
        const last = new StreamMonitor("last", { ...args, app: running[0].stream }, { parent: this, dependsOn: running });
        this.registerOutputs({ last: last.id });
      }
    }
    new Environment("environment");
    new StreamMonitor("beside", args);`);
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
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("what the program no longer declares is stopped and deleted", async (stack) => {
  stack.program(`for (const name of ["one", "two"]) new StreamMonitor(name, { ...args, running: true });`);
  await stack.do("up");
  stack.program(`new StreamMonitor("one", { ...args, running: true });`);
  stack.calls();
  await stack.do("up");
  expect(stack.writes()).toEqual(["Stop", "Delete"]);
  expect(stack.session.MonitorName).toMatch(/--one--/);
  await stack.do("destroy");
});

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
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  await stack.do("refresh");
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("progress is shown on the resource's own row", async (stack) => {
  stack.server.cloud.setSwitches({ startDelayMs: 3000 });
  stack.wall({ running: true });
  const log = await stack.do("up");
  expect(log).toMatch(/session shop--dev--wall--/);
  expect(log).toMatch(/waiting until it runs … \d+s \(\d+s of 5m\)/);
  stack.server.cloud.setSwitches({ startDelayMs: 50 });
  await stack.do("destroy");
});
