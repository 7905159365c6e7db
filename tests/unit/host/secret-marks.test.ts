import type * as pulumi from "@pulumi/pulumi";
import { markSecrets } from "../../../provider/host/secret-marks";
import { expectOwnDependency } from "../../../provider/resource/program-side";
import { ARGS, Stage, URN } from "../../support/stage";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secret = (value: unknown) => ({ ...SECRET, value });
const isMarked = (value: unknown) => (value as { value?: unknown } | undefined)?.value !== undefined;

/** The keys that stand marked in something that a hook returned. */
function markedIn(values: object | undefined): string[] {
  return Object.entries(values ?? {})
    .filter(([, value]) => isMarked(value))
    .map(([key]) => key)
    .filter((key) => key !== "__drift")
    .sort();
}

function stageWithMarks() {
  const stage = new Stage();
  const plain = stage.hooks;
  stage.mark = markSecrets;
  const hooks = stage.start() as Required<pulumi.dynamic.ResourceProvider>;
  stage.hooks = plain;
  return { stage, hooks };
}

const CALLBACK = "https://example.com/?token=hush";
/** What the program marked, what else it gave, and what must be marked then beside the input list. */
const MARKS: readonly [string, string[] | undefined, object, string[]][] = [
  ["nothing", undefined, {}, []],
  [
    "addresses",
    undefined,
    { callbackUrl: CALLBACK, dingTalkWebHookUrl: CALLBACK },
    ["callbackUrl", "dingTalkWebHookUrl"],
  ],
  ["a domain", ["domain"], {}, ["domain", "outputUrls"]],
  ["an app", ["app"], { app: "hush-app" }, ["app", "outputUrls"]],
  ["a stream", ["stream"], { stream: "hush-stream" }, ["outputUrls", "stream"]],
  ["a name", ["monitorName"], { monitorName: "hush-name" }, ["monitorName", "outputUrls", "stream"]],
  [
    "a name beside a stream in clear",
    ["monitorName"],
    { monitorName: "hush-name", stream: "s" },
    ["monitorName", "outputUrls"],
  ],
  ["what is no list", "domain" as unknown as string[], {}, []],
  ["keys that nothing is made of", ["region", 5 as unknown as string], {}, []],
];

test.each(MARKS)(
  "where the program marks %s, so is what is made of it, in every hook",
  async (_what, keys, args, expected) => {
    const { stage, hooks } = stageWithMarks();
    const news = {
      ...ARGS,
      ...args,
      __urn: URN,
      __provider: "x",
      running: true,
      ...(keys === undefined ? {} : { __secrets: keys }),
    };
    const all = ["inputList", ...expected].sort();
    const ofInputs = all.filter((key) => key !== "outputUrls");
    const { inputs } = await hooks.check({}, news);
    expect(markedIn(inputs)).toEqual(ofInputs);
    const plain = await stage.checked(news);
    const urls = { FlvUrl: "http://play.example.com/a/b.flv" };
    const { outs } = await stage.clock.run(hooks.create(plain));
    for (const session of stage.cloud.sessions.values()) {
      session.OutputUrls = urls;
    }
    expect(markedIn(outs)).toEqual(all.filter((key) => key !== "outputUrls" || outs?.outputUrls !== undefined));
    const { id, outs: created = {} } = await stage.clock.run(stage.hooks.create(plain));
    const read = await stage.clock.run(hooks.read(id as string, created));
    expect(markedIn(read.props)).toEqual(all);
    expect(markedIn(read.inputs)).toEqual(ofInputs);
    const updated = await stage.clock.run(hooks.update(id as string, created, { ...plain, outputTemplate: "lp_ld" }));
    expect(markedIn(updated.outs)).toEqual(all);
    stage.cloud.script("StartLiveStreamMonitor", { kind: "refuse", code: "UserQuotaExceed", status: 403 });
    const failure: unknown = await stage.clock.run(hooks.create(plain)).catch((error: unknown) => error);
    expect(markedIn((failure as { properties?: object }).properties)).toEqual(expect.arrayContaining(ofInputs));
  },
);

test("a mark is what Pulumi's wire takes for a secret", async () => {
  const { hooks } = stageWithMarks();
  const { inputs } = await hooks.check({}, { ...ARGS, __urn: URN });
  expect(inputs).toMatchObject({ inputList: secret(ARGS.inputList), domain: ARGS.domain });
});

test("what the program marks stands in no line and no error", async () => {
  const stage = new Stage();
  const names = { monitorName: "hush-name", domain: "hush.example.com", app: "hush-app" };
  const news = await stage.checked({ ...ARGS, ...names, __secrets: ["monitorName", "domain", "app"] });
  const calls = [
    () => stage.hooks.create({ ...news, adopt: { byName: true } }),
    () => {
      stage.cloud.script("CreateLiveStreamMonitor", { kind: "lose", carriedOut: false });
      return stage.hooks.create(news);
    },
    () => {
      stage.cloud.add({ MonitorName: "hush-name", Domain: "hush.example.com" });
      stage.cloud.script("CreateLiveStreamMonitor", {
        kind: "refuse",
        code: "No",
        status: 403,
        message: "hush-name no",
      });
      return stage.hooks.create(news);
    },
  ];
  for (const call of calls) {
    const error: unknown = await stage.clock.run(call()).catch((reason: unknown) => reason);
    expect((error as Error).message).not.toMatch(/hush/);
    expect((error as Error).message).toMatch(/\w/);
  }
  expect(stage.shown.length).toBeGreaterThan(0);
  expect(stage.shown.join()).not.toMatch(/hush/);
});

test("marks that come or go are a change, so that the state is written again", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, monitorName: "hush-name" });
  const news = await stage.checked({ ...ARGS, monitorName: "hush-name", __secrets: ["monitorName"] }, outs);
  expect(await stage.diff(id, outs, news)).toEqual({});
  const calls = stage.cloud.calls.length;
  const after = (await stage.clock.run(stage.hooks.update?.(id, outs, news) as Promise<pulumi.dynamic.UpdateResult>))
    .outs;
  expect(stage.cloud.calls).toHaveLength(calls);
  expect(await stage.diff(id, after ?? {}, news)).toEqual({ changes: false });
});

describe("the package must resolve from the program's folder", () => {
  const RUNNER = "/x/node_modules/@pulumi/pulumi/cmd/run/index.js";
  test.each([
    ["a test runner", "/x/node_modules/jest/bin/jest.js"],
    ["an inline program", "/x/deploy.js"],
    ["nothing", undefined],
  ])("which %s does not have", (_what, runner) => {
    expect(() => expectOwnDependency(runner, "/nowhere")).not.toThrow();
  });

  test.each([RUNNER, RUNNER.replaceAll("/", "\\")])("else it is said what to add, and where (%s)", (runner) => {
    expect(() => expectOwnDependency(runner, "/nowhere")).toThrow(
      /cannot be loaded from \/nowhere, where Pulumi needs it\. Nothing was done\. Add it to this program's own dependencies/,
    );
  });

  test("once it was found it is not looked for again", () => {
    expectOwnDependency(RUNNER, process.cwd());
    expect(() => expectOwnDependency(RUNNER, "/nowhere")).not.toThrow();
  });
});
