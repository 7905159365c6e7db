import * as fc from "fast-check";
import type { LiveStreamMonitor } from "../../../provider/live/types";
import {
  differences,
  fromLive,
  outputUrls,
  placeOf,
  type SessionValues,
  sameJson,
  toParameters,
} from "../../../provider/model/mapping";

const DECLARED: SessionValues = {
  monitorName: "wall",
  domain: "play.example.com",
  app: "app",
  stream: "out",
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: "rtmp://a", layoutId: 1, playConfig: { volumeRate: 0.57 } }],
  monitorConfig: { fpsLowThres: 0.6 },
};

const LIVE: LiveStreamMonitor = {
  MonitorId: "m",
  MonitorName: "wall",
  Domain: "play.example.com",
  Status: 0,
  OutputTemplate: "lp_hd",
  InputList: [{ InputUrl: "rtmp://a", LayoutId: 1, PlayConfig: { VolumeRate: 0.57 } }],
  MonitorConfig: '{"fpsLowThres":0.6}',
};

const inputsOf = (list: LiveStreamMonitor["InputList"]): LiveStreamMonitor => {
  const { InputList: _, ...rest } = LIVE;
  return list === undefined ? rest : { ...LIVE, InputList: list };
};
const drift = (live: LiveStreamMonitor, declared = DECLARED) => differences(declared, fromLive(live, declared));

test("what is the same is the same", () => {
  expect(fromLive(LIVE, DECLARED)).toEqual(DECLARED);
  expect(drift(LIVE)).toEqual([]);
});

test.each<[string, Partial<LiveStreamMonitor>]>([
  [
    "defaults that the cloud adds to an input",
    { InputList: [{ ...LIVE.InputList?.[0], Index: 1, LayoutConfig: { FillMode: "x" } }] },
  ],
  [
    "a number that went through a float",
    { InputList: [{ InputUrl: "rtmp://a", LayoutId: 1, PlayConfig: { VolumeRate: 0.5700000002 } }] },
  ],
  ["more thresholds", { MonitorConfig: '{"fpsLowThres":0.6,"brLowThres":1}' }],
  ["a number as text", { MonitorConfig: '{"fpsLowThres":"0.6"}' }],
  ["empty addresses", { CallbackUrl: "", DingTalkWebHookUrl: "" }],
  ["addresses that do not repeat what was sent", { OutputUrls: { RtmpUrl: "rtmp://play.example.com/live/m" } }],
])("%s are no difference, and show in the declared form", (_what, change) => {
  expect(fromLive({ ...LIVE, ...change }, DECLARED)).toEqual(DECLARED);
  expect(drift({ ...LIVE, ...change })).toEqual([]);
});

test.each<[string, LiveStreamMonitor, string[]]>([
  ["another input", inputsOf([{ InputUrl: "rtmp://b", LayoutId: 1, PlayConfig: { VolumeRate: 0.57 } }]), ["inputList"]],
  [
    "another volume",
    inputsOf([{ InputUrl: "rtmp://a", LayoutId: 1, PlayConfig: { VolumeRate: 0.58 } }]),
    ["inputList"],
  ],
  ["no volume", inputsOf([{ InputUrl: "rtmp://a", LayoutId: 1 }]), ["inputList"]],
  ["one input more", inputsOf([...(LIVE.InputList ?? []), { InputUrl: "rtmp://b" }]), ["inputList"]],
  ["no list of inputs", inputsOf(undefined), ["inputList"]],
  ["no thresholds", { ...LIVE, MonitorConfig: "" }, ["monitorConfig"]],
  ["a list of thresholds", { ...LIVE, MonitorConfig: "[1]" }, ["monitorConfig"]],
  ["a callback that nobody declared", { ...LIVE, CallbackUrl: "https://x" }, ["callbackUrl"]],
])("%s is a difference", (_what, live, keys) => {
  expect(drift(live)).toEqual(keys);
});

test("what nobody declared is the cloud's own affair, but for where alerts go", () => {
  const { monitorConfig: _, outputTemplate: __, ...less } = DECLARED;
  expect(drift({ ...LIVE, MonitorConfig: '{"x":1}' }, less)).toEqual([]);
  expect(fromLive({ ...LIVE, MonitorConfig: '{"x":1}' }, less)).not.toHaveProperty("monitorConfig");
  expect(drift({ ...LIVE, DingTalkWebHookUrl: "https://x" }, less)).toEqual(["dingTalkWebHookUrl"]);
});

describe("the place that a session streams to", () => {
  test.each([
    [{ rtmpUrl: "rtmp://d/app/out" }, { app: "app", stream: "out" }],
    [{ rtmpUrl: "rtmp://d/app/out?auth_key=1/2" }, { app: "app", stream: "out" }],
    [{ flvUrl: "http://d/app/out.flv" }, { app: "app", stream: "out" }],
    [{ flvUrl: "https://d/app/out.flv?auth_key=1" }, { app: "app", stream: "out" }],
    [
      { rtmpUrl: "rtmp://d/app/out", flvUrl: "https://d/x/y.flv" },
      { app: "app", stream: "out" },
    ],
    [{ rtmpUrl: "rtmp://d/app" }, undefined],
    [{ rtmpUrl: "rtmp://d/a/b/c" }, undefined],
    [{}, undefined],
  ])("%j", (urls, place) => {
    expect(placeOf(urls)).toEqual(place);
  });

  test("is believed to have changed only when its addresses have", () => {
    const moved = { ...LIVE, OutputUrls: { RtmpUrl: "rtmp://d/else/where" } };
    expect(fromLive(moved, DECLARED, { rtmpUrl: "rtmp://d/live/m" })).toMatchObject({ app: "else", stream: "where" });
    expect(fromLive(moved, DECLARED, { rtmpUrl: "rtmp://other/else/where" })).toMatchObject({
      app: "app",
      stream: "out",
    });
    expect(fromLive(moved, DECLARED, {})).toMatchObject({ app: "app", stream: "out" });
    expect(fromLive(LIVE, DECLARED, { rtmpUrl: "rtmp://d/live/m" })).toMatchObject({ app: "app", stream: "out" });
  });

  test("comes from addresses that hold something", () => {
    expect(outputUrls({ ...LIVE, OutputUrls: { FlvUrl: "http://x", RtmpUrl: "" } })).toEqual({ flvUrl: "http://x" });
    expect(outputUrls(LIVE)).toEqual({});
    const bare = "rtmp://play.example.com/app/out";
    const tails = ["?auth_key=1", "#auth_key=1", ";auth_key=1", "&auth_key=1", "%3Fauth_key=1", "%3fauth_key=1\nx"];
    for (const url of [...tails.map((tail) => bare + tail), bare.replace("//", "//user:word@")]) {
      expect(outputUrls({ ...LIVE, OutputUrls: { RtmpUrl: url, FlvUrl: url } })).toEqual({
        flvUrl: bare,
        rtmpUrl: bare,
      });
    }
  });
});

test("what is sent holds what is declared, and nothing else", () => {
  expect(toParameters({ monitorName: "x", inputList: [{ inputUrl: "rtmp://a", index: 0 }] })).toEqual({
    MonitorName: "x",
    InputList: '[{"InputUrl":"rtmp://a","Index":0}]',
  });
  expect(toParameters({})).toEqual({});
});

test("of an input in the list only what is an argument is read", () => {
  const InputList = [{ InputUrl: "rtmp://a", Odd: 1, PlayConfig: { VolumeRate: 0.5, Odd: 2 } }];
  const live = { MonitorId: "m", MonitorName: "x", Domain: "d", Status: 0, InputList };
  expect(fromLive(live, {}).inputList).toEqual([{ inputUrl: "rtmp://a", playConfig: { volumeRate: 0.5 } }]);
});

/** Optional keys, the way declarations leave them out. */
const fraction = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const pair = fc.tuple(fraction, fraction).map((each) => [...each]);
const input = fc.record(
  {
    inputUrl: fc.webUrl(),
    streamName: fc.string({ minLength: 1 }),
    index: fc.nat(20),
    layoutId: fc.integer({ min: 1, max: 20 }),
    layoutConfig: fc.record(
      { fillMode: fc.constant("none"), positionNormalized: pair, sizeNormalized: pair },
      { requiredKeys: [] },
    ),
    playConfig: fc.record({ volumeRate: fraction }, { requiredKeys: [] }),
  },
  { requiredKeys: ["inputUrl"] },
);

test("inputs survive the way to the cloud and back", () => {
  fc.assert(
    fc.property(fc.array(input, { minLength: 1, maxLength: 5 }), (inputList) => {
      const { InputList } = toParameters({ inputList });
      const live = { ...LIVE, InputList: JSON.parse(InputList ?? "") as NonNullable<LiveStreamMonitor["InputList"]> };
      expect(fromLive(live, { inputList }).inputList).toBe(inputList);
      expect(fromLive(live, {}).inputList).toEqual(inputList);
    }),
  );
});

test("the order of keys means nothing, that of lists does", () => {
  expect(sameJson({ a: 1, b: { c: [1, 2], d: null } }, { b: { d: null, c: [1, 2] }, a: 1 })).toBe(true);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson(undefined, undefined)).toBe(true);
  expect(sameJson({ a: undefined }, {})).toBe(true);
  expect(sameJson(undefined, null)).toBe(false);
});
