import type { LiveStreamMonitor } from "../../../provider/live/types";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const UPDATE = "UpdateLiveStreamMonitor";
const NAMED = { ...ARGS, monitorName: "wall", app: "app", stream: "out" };

async function created(args: object) {
  const stage = new Stage();
  const { id, outs } = await stage.create(args);
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.calls.length = 0;
  return { stage, id, outs };
}

const writes = (stage: Stage) => stage.cloud.calls.filter((call) => !/^(Describe|Get)/.test(call.action));

test("a change of policies calls nothing, but the state knows it", async () => {
  const { stage, id, outs } = await created(NAMED);
  const updated = await stage.update(id, outs, { ...NAMED, onDelete: "refuse", timeouts: { delete: "1h" } });
  expect(stage.cloud.calls).toEqual([]);
  expect(updated).toEqual({ ...outs, onDelete: "refuse", timeouts: { delete: "1h" } });
  const back = await stage.update(id, updated, NAMED);
  expect(stage.cloud.calls).toEqual([]);
  expect(back).toEqual(outs);
});

test("a change is sent as the whole desired session, with nothing undefined", async () => {
  const { stage, id, outs } = await created(NAMED);
  const updated = await stage.update(id, outs, { ...NAMED, outputTemplate: "lp_ld", monitorConfig: { brLowThres: 1 } });
  expect(writes(stage).map((call) => call.query)).toEqual([
    {
      RegionId: "cn-shanghai",
      MonitorId: id,
      MonitorName: "wall",
      Domain: "play.example.com",
      OutputTemplate: "lp_ld",
      App: "app",
      Stream: "out",
      InputList: '[{"InputUrl":"rtmp://play.example.com/app/one?auth_key=topsecret","LayoutId":1}]',
      MonitorConfig: '{"brLowThres":1}',
    },
  ]);
  expect(updated).toMatchObject({ outputTemplate: "lp_ld", monitorConfig: { brLowThres: 1 }, monitorId: id });
});

test("every argument of a session reaches it", async () => {
  const { stage, id, outs } = await created(NAMED);
  const input = {
    inputUrl: "rtmp://a",
    streamName: "s",
    index: 2,
    layoutId: 3,
    layoutConfig: { fillMode: "none", positionNormalized: [0, 0.5], positionRefer: "topLeft", sizeNormalized: [1, 1] },
    playConfig: { volumeRate: 0.25 },
  };
  await stage.update(id, outs, {
    ...NAMED,
    inputList: [input],
    callbackUrl: "https://a.example.com",
    dingTalkWebHookUrl: "https://b.example.com",
  });
  expect(stage.cloud.sessions.get(id)).toMatchObject({
    CallbackUrl: "https://a.example.com",
    DingTalkWebHookUrl: "https://b.example.com",
    InputList: [
      {
        InputUrl: "rtmp://a",
        StreamName: "s",
        Index: 2,
        LayoutId: 3,
        LayoutConfig: {
          FillMode: "none",
          PositionNormalized: [0, 0.5],
          PositionRefer: "topLeft",
          SizeNormalized: [1, 1],
        },
        PlayConfig: { VolumeRate: 0.25 },
      },
    ],
  });
});

test.each([
  [true, ["StartLiveStreamMonitor"], "running"],
  [false, [], "stopped"],
])("running: %s is brought about", async (running, calls, status) => {
  const { stage, id, outs } = await created(NAMED);
  const updated = await stage.update(id, outs, { ...NAMED, running });
  expect(writes(stage).map((call) => call.action)).toEqual(calls);
  expect(updated.status).toBe(status);
});

test("drift that a read has found is repaired, what runs included", async () => {
  const { stage, id, outs } = await created({ ...NAMED, running: true });
  const drift: Partial<LiveStreamMonitor> = {
    Status: 0,
    OutputTemplate: "lp_sd",
    CallbackUrl: "https://else.example.com",
  };
  Object.assign(stage.cloud.sessions.get(id) ?? {}, drift);
  const { props, inputs } = await stage.read(id, outs);
  const updated = await stage.update(id, props ?? {}, { ...NAMED, running: true }, inputs);
  expect(stage.cloud.sessions.get(id)).toMatchObject({ Status: 1, OutputTemplate: "lp_hd", CallbackUrl: "" });
  expect(updated).toEqual(outs);
});

test("an address that nobody declares any more is emptied", async () => {
  const { stage, id, outs } = await created({
    ...NAMED,
    callbackUrl: "https://a.example.com",
    monitorConfig: { x: 1 },
  });
  const updated = await stage.update(id, outs, NAMED);
  expect(writes(stage)[0]?.query).toMatchObject({ CallbackUrl: "", MonitorConfig: "{}" });
  expect(updated).not.toHaveProperty("callbackUrl");
  expect(stage.lines.filter((line) => line.severity === "warning")).toEqual([]);
});

test("an address that the cloud keeps all the same is warned of, and its secret not shown", async () => {
  const { stage, id, outs } = await created({
    ...NAMED,
    dingTalkWebHookUrl: "https://a.example.com/?access_token=hush",
  });
  stage.cloud.script(UPDATE, { kind: "answer", body: { RequestId: "r" } });
  await stage.update(id, outs, NAMED);
  const warnings = stage.lines.filter((line) => line.severity === "warning");
  expect(warnings.map((line) => line.text)).toEqual([
    expect.stringMatching(/^DingTalkWebHookUrl of session .* could not be cleared: .*replace the session\.$/),
  ]);
  expect(JSON.stringify(stage.lines)).not.toContain("hush");
});

test("a list that lags behind is no reason to warn", async () => {
  const { stage, id, outs } = await created({ ...NAMED, callbackUrl: "https://a.example.com" });
  const before = structuredClone(stage.cloud.sessions.get(id));
  const list = { kind: "answer", body: { RequestId: "r", Total: 1, LiveStreamMonitorList: [before] } } as const;
  stage.cloud.script("DescribeLiveStreamMonitorList", list, list);
  await stage.update(id, outs, NAMED);
  expect(stage.lines.filter((line) => line.severity === "warning")).toEqual([]);
});

test.each([
  ["a lost answer, carried out", { kind: "lose", carriedOut: true }],
  ["a lost answer, not carried out", { kind: "lose", carriedOut: false }],
  ["an error of the server", { kind: "refuse", code: "InternalError", status: 500 }],
] as const)("%s: looks, and sends the update again", async (_what, twist) => {
  const { stage, id, outs } = await created(NAMED);
  stage.cloud.script(UPDATE, twist);
  await stage.update(id, outs, { ...NAMED, outputTemplate: "lp_ld" });
  expect(stage.cloud.actions().slice(0, 4)).toEqual([
    "DescribeLiveStreamMonitorList",
    UPDATE,
    "DescribeLiveStreamMonitorList",
    UPDATE,
  ]);
  expect(stage.cloud.sessions.get(id)?.OutputTemplate).toBe("lp_ld");
});

test("a refused update leaves the resource unfinished, and the next one finishes it", async () => {
  const { stage, id, outs } = await created(NAMED);
  const changed = { ...NAMED, outputTemplate: "lp_ld" };
  stage.cloud.script(UPDATE, { kind: "refuse", code: "InvalidDomain.NotFound", status: 404 });
  const error = await thrownBy(stage.update(id, outs, changed));
  expect(error.message).toMatch(/InvalidDomain\.NotFound.*must be a live streaming domain.*in the state as unfinished/);
  expect(error).toMatchObject({ id, properties: { __provider: "text", __incomplete: true, accountId: "1000" } });
  const state = error.properties ?? {};
  expect(await stage.diff(id, state, await stage.checked(changed, state))).toEqual({ changes: true });
  const updated = await stage.update(id, state, changed);
  expect(updated).not.toHaveProperty("__incomplete");
  expect(stage.cloud.sessions.get(id)?.OutputTemplate).toBe("lp_ld");
});

test("a failure before anything was changed leaves the state as it was", async () => {
  const { stage, id, outs } = await created(NAMED);
  stage.cloud.script("DescribeLiveStreamMonitorList", { kind: "refuse", code: "Forbidden.RAM", status: 403 });
  const error = await thrownBy(stage.update(id, outs, { ...NAMED, outputTemplate: "lp_ld" }));
  expect(error.message).toMatch(/The update was not carried out, and the state is unchanged/);
  expect(error).not.toHaveProperty("id");
});

test("a start that does not show until the deadline is unfinished", async () => {
  const { stage, id, outs } = await created(NAMED);
  stage.cloud.delayMs = 3_600_000;
  const error = await thrownBy(stage.update(id, outs, { ...NAMED, running: true }));
  expect(error.id).toBe(id);
  expect(error.message).toMatch(/did not end within 5m\. A last look shows it stopped\..*raise `timeouts\.update`/);
});

test("a session that streams elsewhere by now is told its place when nobody declares one", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({ OutputUrls: { RtmpUrl: "rtmp://play.example.com/theirs/own" } });
  const { outs } = await stage.create({ ...ARGS, monitorName: "wall", adopt: { monitorId: id } });
  const { app, stream, ...rest } = outs;
  expect([app, stream]).toEqual([undefined, undefined]);
  stage.cloud.calls.length = 0;
  await stage.update(id, rest, { ...ARGS, monitorName: "wall", outputTemplate: "lp_ud" });
  expect(writes(stage)[0]?.query).toMatchObject({ App: "theirs", Stream: "own" });
});
