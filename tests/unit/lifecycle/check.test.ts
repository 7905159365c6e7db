import { check } from "../../../provider/lifecycle/check";
import { UNKNOWN } from "../../../provider/model/fields";
import { ARGS, Stage, URN } from "../../support/stage";

const sources = (config: Record<string, string> = {}, env: Record<string, string> = {}) => ({
  config: (key: string) => config[key],
  env: { ALIBABA_CLOUD_REGION: "cn-shanghai", ...env },
});

/** The mistakes in these arguments, as path and reason. */
function mistakes(args: object): Record<string, string> {
  const { failures } = check({}, { __urn: URN, ...args }, sources(), () => 0.5);
  return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
}

const withInput = (input: object) => ({ ...ARGS, inputList: [{ inputUrl: "rtmp://a", ...input }] });

test("what is right has no mistakes", () => {
  const everything = {
    ...withInput({
      streamName: "Camera 1 — 前门",
      index: 0,
      layoutId: 1,
      layoutConfig: {
        fillMode: "none",
        positionNormalized: [0, 1],
        positionRefer: "topLeft",
        sizeNormalized: [0.5, 0.5],
      },
      playConfig: { volumeRate: 0.57 },
    }),
    monitorName: "wall",
    app: "app",
    stream: "out",
    monitorConfig: { fpsLowThres: 0.6, brLowThres: 1.1, brHighThres: 9, eofDurationThresSec: 10, other: "text" },
    callbackUrl: "http://hooks.example.com/x",
    dingTalkWebHookUrl: "HTTPS://oapi.example.com/x?access_token=y",
    region: "ap-southeast-1",
    running: false,
    onDelete: "wait",
    timeouts: { create: "1m", update: "1h30m", delete: "90s" },
    adopt: { monitorId: "445409ec" },
  };
  expect(mistakes(everything)).toEqual({});
  expect(mistakes(ARGS)).toEqual({});
});

test("every mistake is told at once, with its path and what is allowed", () => {
  const wrong = {
    domain: "https://play.example.com/x",
    outputTemplate: "lp_4k",
    inputList: [
      { inputUrl: "" },
      { inputUrl: "rtmp://a b", index: -1, layoutId: 0.5, streamName: "" },
      { layoutConfig: { positionRefer: "middle", positionNormalized: [0, 2], sizeNormalized: [1], volume: 1 } },
      { inputUrl: "rtmp://a", playConfig: { volumeRate: 0.123 } },
      "rtmp://a",
    ],
    monitorName: "x".repeat(65),
    app: "a\nb",
    stream: 7,
    monitorConfig: { fpsLowThres: -1, brLowThres: "low" },
    callbackUrl: "ftp://x",
    dingTalkWebHookUrl: "http://",
    region: "Shanghai",
    running: "yes",
    onDelete: "halt",
    timeouts: { delete: "soon", read: "1m" },
    adopt: { id: "x" },
    color: "red",
  };
  expect(mistakes(wrong)).toEqual({
    domain: "must be a domain name, without scheme or path",
    outputTemplate: 'must be one of "lp_ld", "lp_sd", "lp_hd", "lp_ud"',
    "inputList[0].inputUrl": "must not be empty",
    "inputList[1].inputUrl": "must not hold white space",
    "inputList[1].index": "must be at least 0",
    "inputList[1].layoutId": "must be a whole number, at least 1",
    "inputList[1].streamName": "must not be empty",
    "inputList[2].inputUrl": "is required",
    "inputList[2].layoutConfig.positionRefer": 'must be one of "topLeft", "topRight", "bottomLeft", "bottomRight"',
    "inputList[2].layoutConfig.positionNormalized[1]": "must be between 0 and 1",
    "inputList[2].layoutConfig.sizeNormalized": "must be two numbers between 0 and 1",
    "inputList[2].layoutConfig.volume": "is not a property of `inputList[2].layoutConfig`",
    "inputList[3].playConfig.volumeRate": "must have at most 2 decimals",
    "inputList[4]": "must be of type object",
    monitorName: "must have at most 64 characters",
    app: "must not hold control characters or broken Unicode",
    stream: "must be of type string",
    "monitorConfig.fpsLowThres": "must not be negative",
    "monitorConfig.brLowThres": "must be of type number",
    callbackUrl: "must be an http:// or https:// URL",
    dingTalkWebHookUrl: "must be an http:// or https:// URL",
    region: 'must be a region id such as "cn-shanghai"',
    running: "must be of type boolean",
    onDelete: 'must be one of "stop", "wait", "refuse"',
    "timeouts.delete": 'must be a duration such as "90s", "10m" or "1h30m", at most a week',
    "timeouts.read": "is not a property of `timeouts`",
    adopt: 'must be {monitorId: "…"} or {byName: true}',
    color: "is not a property of StreamMonitor",
  });
});

test("what is required is said to be", () => {
  expect(mistakes({})).toEqual({
    domain: "is required",
    outputTemplate: 'is required; allowed: "lp_ld", "lp_sd", "lp_hd", "lp_ud"',
    inputList: "is required",
  });
  expect(mistakes({ ...ARGS, inputList: [] })).toEqual({ inputList: "must hold at least one input" });
});

test.each([
  ["a null", { ...ARGS, callbackUrl: null, monitorName: undefined }, {}],
  ["half of a pair of surrogates", { ...ARGS, app: "\ud83d" }, { app: expect.stringMatching(/broken Unicode/) }],
  ["a line separator", { ...ARGS, app: "a\u2028b" }, { app: expect.stringMatching(/control characters/) }],
  ["a port", { ...ARGS, domain: "play.example.com:80" }, { domain: expect.any(String) }],
  ["no dot", { ...ARGS, domain: "localhost" }, { domain: expect.any(String) }],
  ["text without end", { ...ARGS, stream: "x".repeat(257) }, { stream: "must have at most 256 characters" }],
  [
    "not a number",
    withInput({ playConfig: { volumeRate: Number.NaN } }),
    { "inputList[0].playConfig.volumeRate": expect.any(String) },
  ],
  [
    "too much config",
    { ...ARGS, monitorConfig: { x: "x".repeat(9000) } },
    { monitorConfig: "must have at most 8192 bytes as JSON" },
  ],
  ["a list instead of config", { ...ARGS, monitorConfig: [1] }, { monitorConfig: expect.any(String) }],
  ["byName: false", { ...ARGS, monitorName: "x", adopt: { byName: false } }, { adopt: expect.any(String) }],
  [
    "byName without a name",
    { ...ARGS, adopt: { byName: true } },
    { "adopt.byName": "needs an explicit `monitorName` to look for" },
  ],
])("%s", (_what, args, expected) => {
  expect(mistakes(args)).toEqual(expected);
});

test("a list out of all bounds is one mistake, not ten thousand", () => {
  const inputList = Array.from({ length: 10_000 }, () => ({ inputUrl: "" }));
  expect(mistakes({ ...ARGS, inputList, domain: "" })).toEqual({
    inputList: "must hold at most 100 inputs, but holds 10000",
  });
  const many = Array.from({ length: 100 }, () => ({ inputUrl: " ", index: -1 }));
  expect(check({}, { ...ARGS, inputList: many }, sources(), () => 0.5).failures).toHaveLength(100);
});

test.each([
  ["60 inputs of 400 characters", 60, "x".repeat(400), false],
  ["100 inputs of 1,000 characters", 100, "x".repeat(1_000), false],
  ["100 inputs of 2,000 characters", 100, "x".repeat(2_000), true],
  ["100 inputs of 300 characters that take six bytes each", 100, "\u00e9".repeat(300), true],
])("%s: one request line must carry them all", (_what, count, path, isTooLong) => {
  const inputList = Array.from({ length: count }, (_, index) => ({ inputUrl: `rtmp://a/${path}${index}` }));
  const found = mistakes({ ...ARGS, inputList });
  expect(found).toEqual(isTooLong ? { inputList: expect.stringMatching(/^is too long: .* 128 KB/) } : {});
  // What is not known yet is looked at by the final check.
  expect(mistakes({ ...ARGS, inputList, domain: UNKNOWN })).toEqual(found);
});

test("no reason quotes a value, and no property is named to Pulumi, which would print its value", async () => {
  const stage = new Stage();
  await expect(
    stage.checked({ ...ARGS, callbackUrl: "ftp://hush", domain: "hush", inputList: "hush" }),
  ).rejects.toThrow(/^(?!.*hush).*"property":"","reason":"`callbackUrl` must be an http/s);
});

describe("an unknown value is no mistake yet", () => {
  test.each([
    ["whole", { domain: UNKNOWN, outputTemplate: UNKNOWN, inputList: UNKNOWN, region: UNKNOWN, running: UNKNOWN }],
    ["an input", { ...ARGS, inputList: [UNKNOWN, { inputUrl: "rtmp://a" }] }],
    ["in an input", withInput({ inputUrl: UNKNOWN, index: UNKNOWN, layoutConfig: UNKNOWN, playConfig: UNKNOWN })],
    [
      "deeper",
      withInput({
        layoutConfig: { positionNormalized: [0, UNKNOWN], positionRefer: UNKNOWN },
        playConfig: { volumeRate: UNKNOWN },
      }),
    ],
    ["config", { ...ARGS, monitorConfig: { fpsLowThres: UNKNOWN }, callbackUrl: UNKNOWN }],
    ["policies", { ...ARGS, onDelete: UNKNOWN, timeouts: { delete: UNKNOWN } }],
    ["adopt", { ...ARGS, adopt: UNKNOWN }],
    ["in adopt", { ...ARGS, adopt: { monitorId: UNKNOWN } }],
    ["a name to adopt", { ...ARGS, monitorName: UNKNOWN, adopt: { byName: true } }],
  ])("%s", (_what, args) => {
    expect(mistakes(args)).toEqual({});
  });

  test("but what stands beside it is", () => {
    expect(mistakes({ ...ARGS, inputList: [UNKNOWN, { inputUrl: "" }], domain: "" })).toEqual({
      "inputList[1].inputUrl": "must not be empty",
      domain: expect.any(String),
    });
  });
});

test.each([
  ["which session to adopt", { ...ARGS, monitorName: "x", adopt: { byName: UNKNOWN } }, {}],
  [
    "what stands beside it",
    withInput({ layoutConfig: { fillMode: UNKNOWN, volume: 1 } }),
    { "inputList[0].layoutConfig.volume": "is not a property of `inputList[0].layoutConfig`" },
  ],
  ["no id", { ...ARGS, adopt: { monitorId: "" } }, { "adopt.monitorId": "must not be empty" }],
  ["nothing", { ...ARGS, adopt: {} }, { adopt: expect.stringMatching(/^must be \{monitorId/) }],
  ["a name without end", { ...ARGS, ["k".repeat(500)]: 1 }, { ["k".repeat(64)]: expect.any(String) }],
  ["an input that is null", { ...ARGS, inputList: [null] }, { "inputList[0]": "must be of type object" }],
  [
    "an upper bound",
    withInput({ playConfig: { volumeRate: 1.5 } }),
    { "inputList[0].playConfig.volumeRate": expect.stringMatching(/between 0 and 1/) },
  ],
  ["a URL somewhere", { ...ARGS, callbackUrl: "see https://x.example.com" }, { callbackUrl: expect.any(String) }],
])("mistakes at the edge: %s", (_what, args, expected) => {
  expect(mistakes(args)).toEqual(expected);
});

test("a region that nobody names is asked for, with all places to name it", () => {
  const { failures } = check({}, { __urn: URN, ...ARGS }, sources({}, { ALIBABA_CLOUD_REGION: "" }), () => 0.5);
  expect(failures).toEqual([
    {
      property: "region",
      reason: "is required: set the argument, `alicloud:region` in the configuration, or ALIBABA_CLOUD_REGION",
    },
  ]);
});

test("keys of our own are let through", () => {
  expect(mistakes({ ...ARGS, __provider: "text", __more: 1 })).toEqual({});
  expect(mistakes({ ...ARGS, timeouts: { __x: "1m" } })).toEqual({ "timeouts.__x": "is not a property of `timeouts`" });
});

test("what looks wrong in a layout is a warning on the resource's row, and no mistake", async () => {
  const stage = new Stage();
  const inputList = [
    { inputUrl: "rtmp://play.example.com/a?auth_key=topsecret", layoutId: 1 },
    { inputUrl: "rtmp://play.example.com/b?auth_key=topsecret", layoutId: 1 },
  ];
  await stage.checked({ ...ARGS, inputList });
  expect(stage.lines).toEqual([
    expect.objectContaining({
      ...{ urn: URN, severity: "warning", ephemeral: false },
      text: expect.stringMatching(
        /`inputList\[0\]` and `inputList\[1\]` have the same `layoutId` 1\. The session is made/,
      ),
    }),
  ]);
  expect(stage.shown.join()).not.toContain("topsecret");
  stage.lines.length = 0;
  await stage.checked(ARGS);
  await stage.hooks.check?.({}, { ...ARGS, __urn: URN, inputList: "unknown" });
  expect(stage.lines).toEqual([]);
});
