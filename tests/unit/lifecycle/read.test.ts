import type { LiveStreamMonitor } from "../../../provider/live/types";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const FULL = {
  ...ARGS,
  monitorName: "wall",
  app: "app",
  stream: "out",
  monitorConfig: { fpsLowThres: 0.6 },
  callbackUrl: "https://hooks.example.com/a?token=hush",
  dingTalkWebHookUrl: "https://oapi.example.com/robot?access_token=hush",
  running: true,
  onDelete: "wait",
  timeouts: { delete: "2h" },
};

/** A session as created from these arguments, then changed by somebody else. */
async function drifted(args: object, change: Partial<LiveStreamMonitor>) {
  const stage = new Stage();
  const { id, outs } = await stage.create(args);
  await stage.clock.run(stage.clock.sleep(60_000));
  Object.assign(stage.cloud.sessions.get(id) ?? {}, change);
  const { props, inputs } = await stage.read(id, outs);
  return { stage, id, outs, props: props ?? {}, inputs: inputs ?? {} };
}

test("what did not change reads as it was declared", async () => {
  const { outs, props, inputs, stage, id } = await drifted(FULL, {});
  expect(props).toEqual(outs);
  expect(inputs).toMatchObject(FULL);
  expect(inputs).not.toHaveProperty("monitorId");
  expect(inputs).not.toHaveProperty("status");
  expect(await stage.diff(id, props, await stage.checked(FULL, inputs))).toEqual({ changes: false });
});

test.each<[string, Partial<LiveStreamMonitor>, object]>([
  ["its name", { MonitorName: "renamed" }, { monitorName: "renamed" }],
  ["its domain", { Domain: "other.example.com" }, { domain: "other.example.com" }],
  ["its quality", { OutputTemplate: "lp_ld" }, { outputTemplate: "lp_ld" }],
  ["its place", { OutputUrls: { RtmpUrl: "rtmp://x.example.com/a/b" } }, { app: "a", stream: "b" }],
  [
    "an input",
    { InputList: [{ InputUrl: "rtmp://else", LayoutId: 2 }] },
    { inputList: [{ inputUrl: "rtmp://else", layoutId: 2 }] },
  ],
  ["no inputs", { InputList: [] }, { inputList: [] }],
  ["a threshold", { MonitorConfig: '{"fpsLowThres":0.1}' }, { monitorConfig: { fpsLowThres: 0.1 } }],
  ["broken thresholds", { MonitorConfig: "not json" }, { monitorConfig: {} }],
  ["its callback", { CallbackUrl: "https://else.example.com" }, { callbackUrl: "https://else.example.com" }],
  [
    "its webhook",
    { DingTalkWebHookUrl: "https://else.example.com" },
    { dingTalkWebHookUrl: "https://else.example.com" },
  ],
  ["whether it runs", { Status: 0 }, { running: false }],
])("somebody changed %s: outputs and inputs show it, and a diff sees it", async (_what, change, shown) => {
  const { stage, id, props, inputs } = await drifted(FULL, change);
  expect(props).toMatchObject(shown);
  expect(inputs).toMatchObject(shown);
  const diff = await stage.diff(id, props, await stage.checked(FULL, inputs));
  expect(diff.changes).not.toBe(false);
  expect(diff.replaces ?? []).toEqual([]);
});

test("an address that was cleared goes out of the inputs, and is a difference", async () => {
  const { stage, id, props, inputs } = await drifted(FULL, { CallbackUrl: "" });
  expect(inputs).not.toHaveProperty("callbackUrl");
  expect((await stage.diff(id, props, await stage.checked(FULL, inputs))).changes).not.toBe(false);
});

test("a secret that nobody declared shows in the outputs alone, where it is kept secret", async () => {
  const { stage, id, props, inputs } = await drifted(ARGS, {
    CallbackUrl: "https://x.example.com/?token=hush",
    DingTalkWebHookUrl: "https://y.example.com/?access_token=hush",
  });
  expect(props).toMatchObject({
    callbackUrl: "https://x.example.com/?token=hush",
    __drift: { callbackUrl: null, dingTalkWebHookUrl: null },
  });
  expect(JSON.stringify(inputs)).not.toContain("hush");
  expect(await stage.diff(id, props, await stage.checked(ARGS, inputs))).toEqual({ changes: true });
});

test("a made-up name that somebody changed is restored, not kept", async () => {
  const { stage, id, outs, props, inputs } = await drifted(ARGS, { MonitorName: "renamed" });
  expect(props).toMatchObject({ monitorName: "renamed", __drift: { monitorName: outs.monitorName } });
  const news = await stage.checked(ARGS, inputs);
  expect(news.monitorName).toBe(outs.monitorName);
  expect(await stage.diff(id, props, news)).toEqual({ changes: true });
  const updated = await stage.update(id, props, ARGS, inputs);
  expect(stage.cloud.sessions.get(id)?.MonitorName).toBe(outs.monitorName);
  expect(updated).not.toHaveProperty("__drift");
});

test("a second read of the same drift says the same, and one after a repair says nothing", async () => {
  const { stage, id, outs, props } = await drifted(ARGS, {
    MonitorName: "renamed",
    CallbackUrl: "https://x.example.com",
  });
  const again = await stage.read(id, props);
  expect(again.props).toEqual(props);
  Object.assign(stage.cloud.sessions.get(id) ?? {}, { MonitorName: outs.monitorName, CallbackUrl: "" });
  const repaired = await stage.read(id, again.props ?? {});
  await stage.clock.run(stage.clock.sleep(10_000));
  const later = await stage.read(id, repaired.props ?? {});
  expect(later.props).toEqual(outs);
});

test("whether it runs is nobody's drift unless it was declared", async () => {
  const { props, inputs } = await drifted(ARGS, { Status: 1, StartTime: "2026-01-01T00:00:00Z" });
  expect(props).toMatchObject({ status: "running", startTime: "2026-01-01T00:00:00Z" });
  expect(props).not.toHaveProperty("running");
  expect(inputs).not.toHaveProperty("running");
});

test("a list that leaves out what it knows of a session changes nothing", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...FULL, callbackUrl: undefined, dingTalkWebHookUrl: undefined });
  const { InputList, MonitorName, Domain, MonitorConfig } = stage.cloud.sessions.get(id) as LiveStreamMonitor;
  const bare = { MonitorId: id, Status: 1, InputList, MonitorName, Domain, MonitorConfig };
  const body = { RequestId: "r", Total: 1, LiveStreamMonitorList: [bare] };
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.script("DescribeLiveStreamMonitorList", { kind: "answer", body });
  const { inputs } = await stage.read(id, outs);
  expect(inputs).toMatchObject({ app: "app", stream: "out", outputTemplate: "lp_hd" });
});

test("what the record lacks is put on record: an import, or an early version", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const { accountId, seal, endpoint, ...lacking } = outs;
  expect((await stage.read(id, lacking)).props).toMatchObject({ accountId, seal, endpoint });
  stage.start();
  stage.cloud.script("GetCallerIdentity", { kind: "refuse", code: "NoPermission", status: 403 });
  expect((await stage.read(id, lacking)).props).not.toHaveProperty("accountId");
  stage.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK = "1";
  stage.start();
  expect((await stage.read(id, lacking)).props).not.toHaveProperty("accountId");
});

test("get reads a session that nobody declared, with all that it has", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({
    Status: 1,
    OutputTemplate: "lp_ud",
    InputList: [
      {
        InputUrl: "rtmp://x",
        Index: 0,
        LayoutId: 1,
        StreamName: "one",
        LayoutConfig: {
          FillMode: "none",
          PositionNormalized: [0, 0],
          PositionRefer: "topLeft",
          SizeNormalized: [1, 1],
        },
        PlayConfig: { VolumeRate: 0.5 },
      },
      {},
    ],
    OutputUrls: { FlvUrl: "https://play.example.com/app/out.flv?auth=1" },
  });
  const { props, inputs } = await stage.read(id, { __provider: "text", __get: true });
  expect(inputs).toBeUndefined();
  expect(props).toMatchObject({
    __provider: "text",
    monitorId: id,
    monitorName: "foreign",
    app: "app",
    stream: "out",
    status: "running",
    accountId: "1000",
    outputUrls: { flvUrl: "https://play.example.com/app/out.flv" },
    inputList: [
      {
        inputUrl: "rtmp://x",
        index: 0,
        layoutId: 1,
        streamName: "one",
        layoutConfig: {
          fillMode: "none",
          positionNormalized: [0, 0],
          positionRefer: "topLeft",
          sizeNormalized: [1, 1],
        },
        playConfig: { volumeRate: 0.5 },
      },
      { inputUrl: "" },
    ],
  });
});

test("get of what is not there is an error", async () => {
  const stage = new Stage();
  const error = await thrownBy(stage.read("nobody", { __get: true, region: "cn-beijing" }));
  expect(error.message).toMatch(/no session nobody in region cn-beijing.*`StreamMonitor\.get` has nothing to read/);
});

test("an import tells all that a program could declare, and of what is not there that it is not", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({
    MonitorName: "wall",
    Domain: "play.example.com",
    OutputTemplate: "lp_ud",
    InputList: [{ InputUrl: "rtmp://x", LayoutId: 1 }],
    MonitorConfig: '{"fpsLowThres":0.5}',
    CallbackUrl: "https://hooks.example.com/?token=hush",
    OutputUrls: { FlvUrl: "https://play.example.com/app/out.flv" },
  });
  const declarable = {
    monitorName: "wall",
    domain: "play.example.com",
    app: "app",
    stream: "out",
    outputTemplate: "lp_ud",
    inputList: [{ inputUrl: "rtmp://x", layoutId: 1 }],
    monitorConfig: { fpsLowThres: 0.5 },
    callbackUrl: "https://hooks.example.com/?token=hush",
    region: "cn-shanghai",
  };
  const { id: found, props, inputs } = await stage.read(id, {});
  expect(found).toBe(id);
  expect(inputs).toEqual(declarable);
  expect(props).toMatchObject({ ...declarable, monitorId: id, status: "stopped", seal: expect.any(String) });
  expect(await stage.diff(id, props ?? {}, inputs ?? {})).toEqual({ changes: false });
  expect(await stage.read("nobody", {})).toEqual({});
});

test("refreshes of many share one list, five seconds old at most", async () => {
  const stage = new Stage();
  const made = [await stage.create(ARGS), await stage.create(ARGS), await stage.create(ARGS)];
  stage.start();
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.calls.length = 0;
  for (const { id, outs } of made) {
    await stage.read(id, outs);
  }
  expect(stage.cloud.actions()).toEqual(["DescribeLiveStreamMonitorList"]);
  await stage.clock.run(stage.clock.sleep(5_001));
  await stage.read(made[0]?.id ?? "", made[0]?.outs ?? {});
  expect(stage.cloud.calls).toHaveLength(2);
});

test("a read that gets no answer ends after five minutes, and changes nothing", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const dead = Array.from({ length: 500 }, () => ({ kind: "html", status: 502 }) as const);
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.script("DescribeLiveStreamMonitorList", ...dead);
  const error = await thrownBy(stage.read(id, outs));
  expect(error.message).toMatch(
    /The read did not end within 5m\..*the answer is not JSON.* \(HTTP 502\).*Run `pulumi refresh --stack dev`/,
  );
});

test("a get is read again like any other get: with what is live now, its place included, and no inputs", async () => {
  const stage = new Stage();
  const at = (stream: string) => ({ OutputUrls: { RtmpUrl: `rtmp://play.example.com/app/${stream}` } });
  const id = stage.cloud.add({ MonitorName: "first", CallbackUrl: "https://hooks.example.com", ...at("one") });
  const { props } = await stage.read(id, { __get: true, region: "cn-shanghai" });
  expect(props).toMatchObject({ __get: true, monitorName: "first", stream: "one" });
  const { CallbackUrl: _, ...session } = stage.cloud.sessions.get(id) as LiveStreamMonitor;
  stage.cloud.sessions.set(id, { ...session, MonitorName: "second", ...at("two") });
  await stage.clock.run(stage.clock.sleep(60_000));
  const again = await stage.read(id, props ?? {});
  expect(again).not.toHaveProperty("inputs");
  expect(again.props).toMatchObject({ __get: true, monitorName: "second", app: "app", stream: "two" });
  expect(again.props).not.toHaveProperty("callbackUrl");
  // Where the addresses do not tell the place any more, the last that is known stays.
  stage.cloud.sessions.set(id, { ...session, OutputUrls: {} });
  await stage.clock.run(stage.clock.sleep(60_000));
  expect((await stage.read(id, again.props ?? {})).props).toMatchObject({ app: "app", stream: "two" });
});

test("inputs hold arguments alone: nothing of the record, nothing that was not declared but the region it is in", async () => {
  const { outs, inputs } = await drifted({ ...ARGS, running: true }, { CallbackUrl: "https://else.example.com" });
  const record = ["monitorId", "status", "startTime", "stopTime", "outputUrls", "endpoint", "accountId", "seal"];
  expect(Object.keys(inputs).filter((key) => [...record, "__incomplete", "callbackUrl"].includes(key))).toEqual([]);
  expect(inputs).toMatchObject({ ...ARGS, running: true, region: "cn-shanghai" });
  const stage = new Stage();
  const id = stage.cloud.add({});
  const { region, ...lacking } = outs;
  const read = await stage.read(id, { ...lacking, monitorId: id, __incomplete: true });
  expect(region).toBe("cn-shanghai");
  expect(read.inputs).not.toHaveProperty("region");
  expect(read.inputs).not.toHaveProperty("__incomplete");
  expect(read.props).toMatchObject({ region, __incomplete: true });
});

test("what is no id is one that does not exist, to a get; of what the state holds it is an error", async () => {
  const stage = new Stage();
  const malformed = { kind: "refuse" as const, code: "InvalidMonitorId.Malformed", status: 400 };
  stage.cloud.script("DescribeLiveStreamMonitorList", malformed, malformed);
  const error = await thrownBy(stage.read("nonsense", { __get: true, region: "cn-shanghai" }));
  expect(error.message).toMatch(
    /^There is no session nonsense in region cn-shanghai.*`StreamMonitor\.get`.*Correct the id/,
  );
  stage.cloud.script("DescribeLiveStreamMonitorList", malformed, malformed);
  const other = await thrownBy(stage.read("nonsense", { monitorId: "nonsense", region: "cn-shanghai" }));
  expect(other.message).toMatch(/InvalidMonitorId\.Malformed/);
});
