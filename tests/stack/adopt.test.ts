import { HUSH, scenario } from "./harness/scenario";

const THEIRS = {
  MonitorName: "theirs",
  Domain: "play.example.com",
  OutputTemplate: "lp_ld",
  App: "their-app",
  Stream: "their-stream",
  InputList: JSON.stringify([{ InputUrl: "rtmp://play.example.com/app/theirs" }]),
};

scenario("a session is taken over by its id, brought to what is declared, and not replaced", async (stack) => {
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
  stack.calls();
  stack.wall({ adopt: { monitorId: id }, running: true, monitorName: "ours now", region: "cn-beijing" });
  expect(await stack.fails("up")).toMatch(/Remove `adopt` first/);
  expect(stack.writes()).toEqual([]);
  stack.wall({ running: true, monitorName: "ours now" });
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  expect(stack.session.Stream).toBe("their-stream");
  await stack.do("destroy");
  expect(stack.sessions).toEqual([]);
});

scenario("what cannot be adopted is an error, and changes nothing", async (stack) => {
  stack.wall({ adopt: { monitorId: "00000000-0000-4000-8000-000000000000" } });
  expect(await stack.fails("up")).toMatch(/There is no session 00000000-\S+ to adopt/);
  expect(stack.writes()).toEqual([]);
  expect(await stack.monitors()).toEqual([]);
});

const monitor = (name: string, args: string, options = "") =>
  `new StreamMonitor("${name}", { domain: "play.example.com", outputTemplate: "lp_hd", running: true, monitorName: "theirs",
    inputList: [{ inputUrl: "rtmp://play.example.com/app/theirs", layoutId: 1 }], ${args} }, { ${options} });`;

scenario(
  "an explicit provider adopts no session of another resource, and leaves one with a chosen name alone",
  async (stack) => {
    const a = `new StreamMonitor("a", { ...args, running: true });`;
    stack.program(`${a}\nnew StreamMonitor("chosen", { ...args, running: true, monitorName: "theirs" });`);
    await stack.do("up");
    const [own, chosen] = ["a", "chosen"].map((name) => stack.sessionOf(name).MonitorId);
    stack.calls();
    const adopting = (id: string | undefined) =>
      `const provider = new Provider("p", { region: "cn-shanghai" });
     new StreamMonitor("b", { ...args, running: true, adopt: { monitorId: "${id}" } }, { provider });`;
    stack.program(adopting(own));
    expect(await stack.fails("up")).toMatch(/that of another resource of this stack.*`aliases`/s);
    expect(stack.writes()).toEqual([]);
    stack.program(`${a}\n${adopting(chosen)}`);
    expect(await stack.do("up")).toMatch(/was not deleted: its name is .*--b--/);
    // They are made side by side, in any order.
    expect(stack.sessions.map(({ MonitorId, Status }) => `${MonitorId} ${Status}`).sort()).toEqual(
      [`${own} 1`, `${chosen} 1`].sort(),
    );
    expect((await stack.monitors()).map((each) => each.id).sort()).toEqual([own, chosen].sort());
  },
);

scenario(
  "two resources of one session are an error; one of them can go or be renamed, and the session stays",
  async (stack) => {
    const id = stack.act("create", THEIRS);
    stack.foreign.clear();
    stack.program(monitor("a", "adopt: { byName: true }"));
    await stack.do("up");
    expect(stack.writes()).toEqual(["Update", "Start"]);
    stack.program(`const b = ${monitor("b", "adopt: { byName: true }")}\n${monitor("a", "", "dependsOn: b")}`);
    expect(await stack.fails("up")).toMatch(/is managed by two resources of this stack: .*::a and .*::b\./);
    stack.program(monitor("b", ""));
    await stack.do("up");
    expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
    expect((await stack.monitors()).map((each) => each.id)).toEqual([id]);
    stack.calls();
    stack.program(monitor("c", "adopt: { byName: true }"));
    await stack.do("up");
    expect(stack.writes()).toEqual([]);
    expect(stack.sessions).toMatchObject([{ MonitorId: id, Status: 1 }]);
    expect((await stack.monitors()).map((each) => each.id)).toEqual([id]);
  },
);

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
  if (stack.place.face === "dynamic") {
    // With the plugin they are marked there too.
    expect(Object.keys(refreshed.inputs ?? {})).toEqual(Object.keys(monitor.inputs ?? {}));
  }
  expect(stack.writes()).toEqual([]);
  await stack.do("destroy");
  expect(stack.writes()).toEqual([]);
  expect(stack.sessions).toHaveLength(1);
});

scenario(
  "what was owned and is only read from now on leaves the state at once, even if its delete fails",
  async (stack) => {
    const b = `new StreamMonitor("b", args, { dependsOn: a });`;
    stack.program(`const a = new StreamMonitor("a", args); ${b} new StreamMonitor("kept", args, { protect: true });`);
    await stack.do("up");
    const old = stack.sessionOf("a").MonitorId;
    const theirs = stack.act("create", THEIRS);
    stack.calls();
    const read = `const a = StreamMonitor.get("a", "${theirs}"); ${b}`;
    stack.program(`${read} new StreamMonitor("kept", args, { protect: true });`);
    stack.fault({ action: "DeleteLiveStreamMonitor", kind: "error", status: 403, code: "Forbidden.RAM" });
    expect(await stack.fails("up")).toMatch(/Forbidden\.RAM/);
    expect(stack.writesByResource()).toEqual({ a: ["Delete"] });
    stack.forgiven.add(old);
    expect((await stack.monitors()).filter((each) => each.urn.endsWith("::a"))).toMatchObject([
      { external: true, id: theirs },
    ]);
    stack.fault();
    // One that is protected is deleted too.
    stack.program(`${read} StreamMonitor.get("kept", "${theirs}");`);
    await stack.do("up");
    expect(stack.writesByResource()).toEqual({ kept: ["Delete"] });
    expect(stack.sessions.map((each) => each.MonitorId).sort()).toEqual(
      [old, theirs, stack.sessionOf("b").MonitorId].sort(),
    );
  },
);
