import { check } from "../../../provider/lifecycle/check";
import { concernsSession, diff as detailed } from "../../../provider/lifecycle/diff";
import { UNKNOWN } from "../../../provider/model/fields";
import type { Properties } from "../../../provider/model/state";
import { ARGS, URN } from "../../support/stage";
import { VirtualClock } from "../../support/virtual-clock";

const clock = new VirtualClock();

/** What the dynamic face passes on. */
function diff(olds: Properties, news: Properties) {
  const { changed: _changed, ...result } = detailed(olds, news);
  return result;
}
const NAME = /^shop--dev--wall--[0-9a-z]{8}$/;

function checked(args: Properties, olds: Properties = {}, config: Record<string, string> = {}, env = {}): Properties {
  const sources = { config: (key: string) => config[key], env };
  return check(olds, { __urn: URN, region: "cn-shanghai", ...ARGS, ...args }, sources, () => clock.random()).inputs;
}

describe("names", () => {
  test("are made up once, and kept", () => {
    const first = checked({});
    expect(first).toMatchObject({ monitorName: expect.stringMatching(NAME), app: "monitor" });
    expect(first.__auto).toEqual(["monitorName", "stream", "app"]);
    expect(first.stream).toBe(first.monitorName);
    const second = checked({ domain: "other.example.com" }, first);
    expect(second).toMatchObject({ monitorName: first.monitorName, stream: first.stream, app: first.app });
  });

  test("are fresh for a replacement, whose old inputs are empty", () => {
    const first = checked({});
    expect(checked({}, {}).monitorName).not.toBe(first.monitorName);
    expect(checked({}, { __provider: "text" }).monitorName).not.toBe(first.monitorName);
  });

  test("that the user chose are taken, and made up again when he no longer does", () => {
    const chosen = checked({ monitorName: "wall" });
    expect(chosen).toMatchObject({ monitorName: "wall", stream: expect.stringMatching(/^wall--[0-9a-z]{8}$/) });
    expect(chosen.__auto).toEqual(["stream", "app"]);
    const renamed = checked({ monitorName: "hall" }, chosen);
    expect(renamed.stream).toBe(chosen.stream);
    expect(checked({}, renamed).monitorName).toMatch(NAME);
  });

  test("that are chosen for everything leave nothing to make up", () => {
    expect(checked({ monitorName: "n", stream: "s", app: "a" })).toMatchObject({ stream: "s", app: "a", __auto: [] });
  });

  test("of an unknown name take the resource's", () => {
    expect(checked({ monitorName: UNKNOWN }).stream).toMatch(/^wall--[0-9a-z]{8}$/);
  });

  test("without a URN are still names", () => {
    expect(checked({ __urn: undefined }).monitorName).toMatch(/^pulumi--pulumi--stream-monitor--[0-9a-z]{8}$/);
    expect(checked({ __urn: "urn:odd" }).monitorName).toMatch(/^pulumi--/);
  });

  test("of what is adopted are left to it, and kept left", () => {
    const adopting = checked({ adopt: { monitorId: "x" } });
    expect(adopting).not.toHaveProperty("stream");
    expect(adopting).not.toHaveProperty("app");
    expect(adopting.__auto).toEqual(["monitorName"]);
    const later = checked({}, adopting);
    expect(later).not.toHaveProperty("stream");
    expect(later).not.toHaveProperty("app");
  });
});

test.each<[string, Properties, Properties, Record<string, string>, Record<string, string>, unknown]>([
  [
    "the argument",
    { region: "a-1" },
    { region: "b-1" },
    { "alicloud:region": "c-1" },
    { ALICLOUD_REGION: "d-1" },
    "a-1",
  ],
  [
    "the configuration",
    { region: undefined },
    { region: "b-1" },
    { "alicloud:region": "c-1" },
    { ALICLOUD_REGION: "d-1" },
    "c-1",
  ],
  ["the recorded one", { region: undefined }, { region: "b-1" }, {}, { ALICLOUD_REGION: "d-1" }, "b-1"],
  ["the environment", { region: undefined }, {}, {}, { ALICLOUD_REGION: "d-1" }, "d-1"],
  ["the newer name", { region: undefined }, {}, {}, { ALICLOUD_REGION: "d-1", ALIBABA_CLOUD_REGION: "e-1" }, "e-1"],
  ["nothing", { region: undefined }, {}, {}, {}, undefined],
])("the region is that of %s", (_what, args, olds, config, env, expected) => {
  expect(checked(args, olds, config, env).region).toBe(expected);
});

/** A state as a create leaves it, without the cloud's part. */
const STATE = checked({
  monitorName: "wall",
  callbackUrl: "https://a.example.com",
  monitorConfig: { a: 1, b: 2 },
  running: true,
});
const NEWS = { ...STATE };

describe("diff", () => {
  test("sees nothing in what means the same", () => {
    expect(diff(STATE, NEWS)).toEqual({ changes: false });
    expect(diff(STATE, { ...NEWS, __provider: "newer text", __urn: "renamed", __auto: [] })).toEqual({
      changes: false,
    });
    expect(diff(STATE, { ...NEWS, monitorConfig: { b: 2, a: 1 } })).toEqual({ changes: false });
    expect(diff({ ...STATE, adopt: { monitorId: "x" } }, NEWS)).toEqual({ changes: false });
    expect(diff({ ...STATE, monitorId: "x", status: "running", seal: "y" }, NEWS)).toEqual({ changes: false });
  });

  test.each<[string, unknown]>([
    ["domain", "other.example.com"],
    ["outputTemplate", "lp_ld"],
    ["inputList", [{ inputUrl: "rtmp://b" }]],
    ["monitorName", "hall"],
    ["app", "other"],
    ["stream", "other"],
    ["monitorConfig", { a: 1 }],
    ["monitorConfig", undefined],
    ["callbackUrl", undefined],
    ["callbackUrl", UNKNOWN],
    ["dingTalkWebHookUrl", "https://b.example.com"],
    ["running", false],
    ["running", undefined],
    ["onDelete", "wait"],
    ["timeouts", { delete: "1h" }],
  ])("leaves an edit of %s to the engine (%j)", (key, value) => {
    expect(diff(STATE, { ...NEWS, [key]: value })).toEqual({});
  });

  test("sees the order of inputs, which is the order on the screen", () => {
    const [one, two] = [{ inputUrl: "rtmp://1" }, { inputUrl: "rtmp://2" }];
    expect(diff({ ...STATE, inputList: [one, two] }, { ...NEWS, inputList: [two, one] })).toEqual({});
  });

  test.each(["app", "stream", "region"])("leaves %s as it is when nobody declares it", (key) => {
    const { [key]: _, ...without } = NEWS;
    expect(diff(STATE, without)).toEqual({ changes: false });
  });

  test("replaces for another region, and only for that", () => {
    const automatic = checked({});
    expect(diff(automatic, { ...automatic, region: "cn-beijing" })).toEqual({
      replaces: ["region"],
      deleteBeforeReplace: false,
    });
    expect(diff(automatic, { ...automatic, region: UNKNOWN }).replaces).toEqual(["region"]);
    const { region: _, ...early } = automatic;
    expect(diff(early, automatic)).toEqual({});
  });

  test.each(["monitorName", "stream"])("deletes first what has a chosen %s", (key) => {
    const chosen = checked({ [key]: "chosen" });
    expect(diff(chosen, { ...chosen, region: "cn-beijing" }).deleteBeforeReplace).toBe(true);
  });

  test("refuses a replacement that would adopt", () => {
    const adopting = checked({ adopt: { monitorId: "x" } });
    expect(() => diff(adopting, { ...adopting, region: "cn-beijing" })).toThrow(/Remove `adopt` first/);
  });

  test("says that there is something to do where the inputs do not show it", () => {
    expect(diff({ ...STATE, __incomplete: true }, NEWS)).toEqual({ changes: true });
    const drifted = { ...STATE, dingTalkWebHookUrl: "https://else.example.com", __drift: { dingTalkWebHookUrl: null } };
    expect(diff(drifted, NEWS)).toEqual({ changes: true });
    expect(diff({ ...STATE, dingTalkWebHookUrl: "https://b.example.com" }, NEWS)).toEqual({});
    expect(diff({ ...STATE, __drift: { monitorName: "wall" } }, NEWS)).toEqual({ changes: false });
  });
});

test("policies are no business of the session's", () => {
  expect((["running", "domain", "app", "callbackUrl"] as const).map(concernsSession)).not.toContain(false);
  expect((["onDelete", "timeouts", "region", "adopt"] as const).map(concernsSession)).not.toContain(true);
});
