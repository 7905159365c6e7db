import { HUSH, scenario } from "./harness/scenario";

const THEIRS = {
  MonitorName: "theirs",
  Domain: "play.example.com",
  OutputTemplate: "lp_ld",
  App: "their-app",
  Stream: "their-stream",
  InputList: JSON.stringify([{ InputUrl: "rtmp://play.example.com/app/theirs" }]),
};

scenario("a session is taken over by its id and brought to what is declared", async (stack) => {
  const id = stack.act("create", THEIRS);
  stack.foreign.clear();
  stack.wall({ adopt: { monitorId: id }, running: true, monitorName: "ours now" });
  await stack.do("up");
  expect(stack.writes()).toEqual(["Update", "Start"]);
  expect(stack.session).toMatchObject({
    MonitorId: id,
    MonitorName: "ours now",
    OutputTemplate: "lp_hd",
    App: "their-app",
    Stream: "their-stream",
    Status: 1,
  });
  expect((await stack.monitor()).id).toBe(id);
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  stack.wall({ running: true, monitorName: "ours now" });
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  expect(stack.session.Stream).toBe("their-stream");
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("a session is taken over by its name", async (stack) => {
  const id = stack.act("create", THEIRS);
  stack.foreign.clear();
  stack.wall({ adopt: { byName: true }, monitorName: "theirs" });
  await stack.do("up");
  expect((await stack.monitor()).id).toBe(id);
  expect(stack.writes()).toEqual(["Update"]);
  await stack.do("destroy");
});

scenario("what cannot be adopted is an error, and changes nothing", async (stack) => {
  stack.wall({ adopt: { monitorId: "00000000-0000-4000-8000-000000000000" } });
  expect(await stack.fails("up")).toMatch(/There is no session 00000000-\S+ to adopt/);
  stack.wall({ adopt: { byName: true }, monitorName: "theirs" });
  expect(await stack.fails("up")).toMatch(/There is no session named theirs on domain play.example.com to adopt/);
  stack.act("create", THEIRS);
  stack.act("create", THEIRS);
  stack.wall({ adopt: { byName: true }, monitorName: "theirs" });
  expect(await stack.fails("up")).toMatch(/2 sessions are named theirs.*adopt: \{monitorId: …\}/);
  stack.wall({ adopt: { byName: true } });
  expect(await stack.fails("preview")).toMatch(/needs an explicit `monitorName`/);
  expect(stack.writes()).toEqual([]);
  expect(await stack.monitors()).toEqual([]);
});

scenario("a resource that adopts is not replaced", async (stack) => {
  const id = stack.act("create", THEIRS);
  stack.wall({ adopt: { monitorId: id } });
  await stack.do("up");
  stack.calls();
  stack.wall({ adopt: { monitorId: id }, region: "cn-beijing" });
  expect(await stack.fails("up")).toMatch(/Remove `adopt` first/);
  expect(stack.writes()).toEqual([]);
  stack.wall({ region: "cn-beijing" });
  stack.foreign.clear();
  await stack.do("up");
  expect(stack.writes()).toEqual(["Create", "Delete"]);
  await stack.do("destroy");
});

const monitor = (name: string, args: string, options = "") =>
  `new StreamMonitor("${name}", { domain: "play.example.com", outputTemplate: "lp_hd", running: true, monitorName: "theirs",
    inputList: [{ inputUrl: "rtmp://play.example.com/app/theirs", layoutId: 1 }], ${args} }, { ${options} });`;

scenario("a resource that adopts and gets another name keeps its session", async (stack) => {
  const id = stack.act("create", THEIRS);
  stack.foreign.clear();
  stack.program(monitor("a", "adopt: { byName: true }"));
  await stack.do("up");
  stack.calls();
  stack.program(monitor("b", "adopt: { byName: true }"));
  await stack.do("up");
  expect(stack.writes()).toEqual([]);
  expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
  expect((await stack.monitors()).map((each) => each.id)).toEqual([id]);
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("an explicit provider does not adopt the session of another resource of the stack", async (stack) => {
  stack.wall({ running: true });
  await stack.do("up");
  const { MonitorId: id } = stack.session;
  stack.calls();
  const adopting = `new StreamMonitor("b", { ...args, running: true, adopt: { monitorId: "${id}" } }, { provider });`;
  stack.program(`const provider = new Provider("p", { region: "cn-shanghai" });\n${adopting}`);
  expect(await stack.fails("up")).toMatch(/that of another resource of this stack.*`aliases`/s);
  expect(stack.writes()).toEqual([]);
  expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("a session with a chosen name that an explicit provider's resource adopts is left alone", async (stack) => {
  stack.program(`new StreamMonitor("a", { ...args, running: true, monitorName: "theirs" });`);
  await stack.do("up");
  const { MonitorId: id } = stack.session;
  const adopting = `new StreamMonitor("b", { ...args, running: true, adopt: { monitorId: "${id}" } }, { provider });`;
  stack.program(`const provider = new Provider("p", { region: "cn-shanghai" });\n${adopting}`);
  expect(await stack.do("up")).toMatch(/was not deleted: its name is .*--b--/);
  expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
  expect((await stack.monitors()).map((each) => each.id)).toEqual([id]);
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("two resources of one session are an error; one of them can go, and the session stays", async (stack) => {
  const id = stack.act("create", THEIRS);
  stack.foreign.clear();
  stack.program(monitor("a", "adopt: { byName: true }"));
  await stack.do("up");
  stack.program(`const b = ${monitor("b", "adopt: { byName: true }")}\n${monitor("a", "", "dependsOn: b")}`);
  expect(await stack.fails("up")).toMatch(/is managed by two resources of this stack: .*::a and .*::b\./);
  stack.program(monitor("b", ""));
  await stack.do("up");
  expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
  expect((await stack.monitors()).map((each) => each.id)).toEqual([id]);
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("get reads a session without owning it", async (stack) => {
  const callback = { CallbackUrl: `https://example.com/?token=${HUSH}` };
  const id = stack.act("create", { ...THEIRS, ...callback });
  stack.program(`
    const theirs = StreamMonitor.get("theirs", "${id}");
    exports.url = theirs.outputUrls.flvUrl; exports.name = theirs.monitorName; exports.callback = theirs.callbackUrl;`);
  const log = await stack.do("up");
  expect(log).toMatch(/their-app\/their-stream/);
  const monitor = await stack.monitor();
  expect(monitor).toMatchObject({ external: true, id });
  expect(monitor.outputs).toMatchObject({ monitorName: "theirs", callbackUrl: { secret: callback.CallbackUrl } });
  // What only a refresh finds is encrypted as well, and nothing of it gets among the inputs, where it would stand in clear.
  stack.act("update", { MonitorId: id, ...THEIRS, OutputTemplate: "lp_hd", DingTalkWebHookUrl: callback.CallbackUrl });
  await stack.do("refresh");
  const refreshed = await stack.monitor();
  expect(refreshed.outputs).toMatchObject({
    outputTemplate: "lp_hd",
    dingTalkWebHookUrl: { secret: callback.CallbackUrl },
  });
  expect(Object.keys(refreshed.inputs ?? {})).toEqual(Object.keys(monitor.inputs ?? {}));
  expect(stack.writes()).toEqual([]);
  await stack.do("destroy");
  expect(stack.writes()).toEqual([]);
  expect(stack.sessions).toHaveLength(1);
});

scenario("get of what is not there fails", async (stack) => {
  stack.program(`StreamMonitor.get("theirs", "00000000-0000-4000-8000-000000000000");`);
  expect(await stack.fails("up")).toMatch(/There is no session 00000000-\S+ in region cn-shanghai/);
});

scenario(
  "what was owned and is only read from now on leaves the state at once, even if its delete fails",
  async (stack) => {
    const b = `new StreamMonitor("b", args, { dependsOn: a });`;
    stack.program(`const a = new StreamMonitor("a", args); ${b}`);
    await stack.do("up");
    const old = stack.sessionOf("a").MonitorId;
    const theirs = stack.act("create", THEIRS);
    stack.calls();
    stack.program(`const a = StreamMonitor.get("a", "${theirs}"); ${b}`);
    stack.fault({ action: "DeleteLiveStreamMonitor", kind: "error", status: 403, code: "Forbidden.RAM" });
    expect(await stack.fails("up")).toMatch(/Forbidden\.RAM/);
    expect(stack.writesByResource()).toEqual({ a: ["Delete"] });
    stack.forgiven.add(old);
    expect((await stack.monitors()).filter((each) => each.urn.endsWith("::a"))).toMatchObject([
      { external: true, id: theirs },
    ]);
    await stack.do("refresh");
    stack.fault();
    await stack.do("up");
    expect(stack.writes()).toEqual([]);
    await stack.do("destroy");
    expect(stack.sessions.map((each) => each.MonitorId).sort()).toEqual([old, theirs].sort());
  },
);

scenario("what was owned is deleted when it is only read from now on, protected or not", async (stack) => {
  stack.wall({}, { protect: true });
  await stack.do("up");
  const theirs = stack.act("create", THEIRS);
  stack.calls();
  stack.program(`StreamMonitor.get("wall", "${theirs}");`);
  await stack.do("up");
  expect(stack.writes()).toEqual(["Delete"]);
  expect(await stack.monitors()).toMatchObject([{ external: true, id: theirs }]);
  await stack.do("destroy");
  expect(stack.sessions.map((each) => each.MonitorId)).toEqual([theirs]);
});
