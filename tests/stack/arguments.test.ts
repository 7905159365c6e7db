import { HUSH, type Stack, scenario } from "./harness/scenario";

const secret = (path: string) => `https://example.com/${path}?token=${HUSH}`;
const input = (path: string) => ({ inputUrl: `rtmp://play.example.com/app/${path}?auth_key=${HUSH}`, layoutId: 1 });
const layout = { positionNormalized: [0.1, 0], sizeNormalized: [0.5, 0.5], positionRefer: "topLeft", fillMode: "none" };

/** For each argument of a session: before, after, and what the cloud must then have. */
const UPDATES: Record<string, [object, object, object]> = {
  domain: [{}, { domain: "other.example.com" }, { Domain: "other.example.com" }],
  template: [{}, { outputTemplate: "lp_ud" }, { OutputTemplate: "lp_ud" }],
  input: [
    { running: true },
    { running: true, inputList: [input("two")] },
    { Status: 1, InputList: [{ InputUrl: input("two").inputUrl, LayoutId: 1 }] },
  ],
  layout: [
    { inputList: [input("one"), { ...input("two"), playConfig: { volumeRate: 0.5 } }] },
    { inputList: [{ ...input("one"), index: 0, streamName: "door", layoutConfig: layout }, input("two")] },
    {
      InputList: [
        {
          InputUrl: input("one").inputUrl,
          LayoutId: 1,
          Index: 0,
          StreamName: "door",
          LayoutConfig: {
            PositionNormalized: [0.1, 0],
            SizeNormalized: [0.5, 0.5],
            PositionRefer: "topLeft",
            FillMode: "none",
          },
        },
        { InputUrl: input("two").inputUrl, LayoutId: 1 },
      ],
    },
  ],
  named: [{}, { monitorName: "a name" }, { MonitorName: "a name" }],
  renamed: [{ monitorName: "one name" }, { monitorName: "another" }, { MonitorName: "another" }],
  app: [{}, { app: "other" }, { App: "other" }],
  stream: [{ stream: "one" }, { stream: "two" }, { Stream: "two" }],
  config: [
    { monitorConfig: { fpsLowThres: 0.5 } },
    { monitorConfig: { brLowThres: 1.1, eofDurationThresSec: 10 } },
    { MonitorConfig: '{"brLowThres":1.1,"eofDurationThresSec":10}' },
  ],
  callback: [{ callbackUrl: secret("a") }, { callbackUrl: secret("b") }, { CallbackUrl: secret("b") }],
  robot: [{}, { dingTalkWebHookUrl: secret("c") }, { DingTalkWebHookUrl: secret("c") }],
  cleared: [
    { callbackUrl: secret("a"), dingTalkWebHookUrl: secret("c"), monitorConfig: { fpsLowThres: 0.5 } },
    {},
    { CallbackUrl: "", DingTalkWebHookUrl: "", MonitorConfig: "{}" },
  ],
};

/** For each way to say whether a session is to run: before, after, the calls, and its status then. */
const RUNS: Record<string, [object, object, string[], 0 | 1]> = {
  started: [{ running: false }, { running: true }, ["Start"], 1],
  begun: [{}, { running: true }, ["Start"], 1],
  stopped: [{ running: true }, { running: false }, ["Stop"], 0],
  left: [{ running: true }, {}, [], 1],
  both: [{ running: true }, { running: false, domain: "other.example.com" }, ["Update", "Stop"], 0],
};

const volume = { playConfig: { volumeRate: 0.5 } };

/** Changes that call nothing, but reach the state: before, after, and what the outputs then hold. */
const OWN_AFFAIRS: Record<string, [object, object, object | ((stack: Stack) => object)]> = {
  policy: [{}, { onDelete: "refuse" }, { onDelete: "refuse", status: "stopped" }],
  timeouts: [
    {},
    { timeouts: { create: "1m", update: "2m", delete: "7m" } },
    { timeouts: { create: "1m", update: "2m", delete: "7m" } },
  ],
  custom: [
    {},
    { timeouts: { delete: "1m" }, opts: { customTimeouts: { delete: "9m" } } },
    (stack) => (stack.place.face === "dynamic" ? { timeouts: { delete: "9m" } } : { timeouts: { delete: "1m" } }),
  ],
  order: [{ inputList: [{ ...input("one"), ...volume }] }, { inputList: [{ ...volume, ...input("one") }] }, {}],
  limited: [{ timeouts: { create: "90s" } }, {}, {}],
};

const pick = (index: 0 | 1) =>
  Object.fromEntries(Object.entries({ ...UPDATES, ...RUNS, ...OWN_AFFAIRS }).map(([name, row]) => [name, row[index]]));

scenario(
  "every argument of a session is updated in place, what is no longer declared is cleared, and policies call nothing",
  async (stack) => {
    stack.walls(pick(0));
    await stack.do("up");
    const ids = Object.fromEntries(Object.keys(pick(0)).map((name) => [name, stack.sessionOf(name).MonitorId]));
    const { MonitorName, Stream } = stack.sessionOf("domain");
    const ordered = await stack.monitor("order");
    stack.walls(pick(1));
    stack.calls();
    await stack.do("up");
    const calls = stack.calls();
    const writes = stack.byResource(calls);
    for (const [name, [, , session]] of Object.entries(UPDATES)) {
      expect([name, writes[name]]).toEqual([name, ["Update"]]);
      expect(stack.sessionOf(name)).toMatchObject({ MonitorId: ids[name], ...session });
    }
    for (const [name, [, , expected, Status]] of Object.entries(RUNS)) {
      expect([name, writes[name] ?? []]).toEqual([name, expected]);
      expect(stack.sessionOf(name)).toMatchObject({ MonitorId: ids[name], Status });
    }
    for (const [name, [, , outputs]] of Object.entries(OWN_AFFAIRS)) {
      expect([name, calls.filter((call) => call.MonitorId === ids[name])]).toEqual([name, []]);
      const expected = outputs instanceof Function ? outputs(stack) : outputs;
      expect((await stack.monitor(name)).outputs).toMatchObject(expected);
    }
    expect((await stack.monitor("order")).outputs).toEqual(ordered.outputs);
    expect((await stack.monitor("limited")).outputs).not.toHaveProperty("timeouts");
    // A name and a stream that were made up are kept, whatever else changes.
    expect(stack.sessionOf("domain")).toMatchObject({ MonitorName, Stream });
    await stack.do("up");
    expect(stack.calls()).toEqual([]);
  },
);

scenario(
  "a change of region replaces, an argument beats the configuration; with a chosen name or stream the old session goes first",
  async (stack) => {
    const walls = { plain: { running: true }, named: { monitorName: "mine" }, streamed: { stream: "mine" } };
    const moved = Object.entries(walls).map(([name, args]) => [name, { ...args, region: "cn-beijing" }]);
    stack.walls({ ...walls, configured: {} });
    await stack.do("up");
    // The environment's region seeds a create, and never moves a session.
    stack.calls();
    await stack.do("up", { env: { ALIBABA_CLOUD_REGION: "cn-beijing" } });
    expect(stack.calls()).toEqual([]);
    const old = stack.sessionOf("plain");
    stack.config({ "alicloud:region": "ap-southeast-1" });
    stack.walls({ ...Object.fromEntries(moved), configured: {} });
    await stack.do("up");
    const writes = stack.writesByResource();
    expect(writes.plain).toEqual(["Create", "Start", "Stop", "Delete"]);
    expect(writes.named).toEqual(["Delete", "Create"]);
    expect(writes.streamed).toEqual(["Delete", "Create"]);
    expect(writes.configured).toEqual(["Create", "Delete"]);
    expect(stack.sessions.map((each) => each.region).sort()).toEqual([
      "ap-southeast-1",
      ...Array(3).fill("cn-beijing"),
    ]);
    const now = stack.sessionOf("plain");
    expect(now.Stream).not.toBe(old.Stream);
    expect(now.MonitorName).not.toBe(old.MonitorName);
    await stack.do("destroy", { env: { ALIBABA_CLOUD_REGION: "cn-shanghai" } });
    expect(stack.sessions).toEqual([]);
  },
);
