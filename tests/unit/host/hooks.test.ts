import { handler } from "../../../provider/host/dynamic";
import { ARGS, Stage } from "../../support/stage";
import { type Thrown, thrownBy } from "../../support/thrown";

const LIST = "DescribeLiveStreamMonitorList";
const SECRETIVE = {
  ...ARGS,
  callbackUrl: "https://hooks.example.com/x?token=topsecret",
  dingTalkWebHookUrl: "https://oapi.example.com/x?access_token=topsecret",
};

/** What Pulumi's plugin host prints, or puts into its answer, of an error. */
function expectFitToBeShown(error: Thrown): void {
  expect(error.stack).toMatch(/^\w+ failed, see the error of that resource$/);
  expect(String(error)).toMatch(/^StreamMonitor( wall)?$/);
  expect(`${error.message} ${error.stack}`).not.toMatch(/topsecret|test-secret/);
  expect(typeof (error as { code?: unknown }).code).not.toBe("number");
  expect(error).not.toHaveProperty("details");
  expect(error.message).toMatch(/state|Nothing was|No session was created/);
}

/** Errors as the network stack and the cloud word them, secrets included. */
const NASTY = [
  { kind: "refuse", code: "Forbidden.RAM", status: 403, message: "no right on https://x/?access_token=topsecret" },
  {
    kind: "refuse",
    code: "InvalidInput.Malformed",
    status: 403,
    message: "auth_key=topsecret is odd, and so is test-secret",
  },
  { kind: "refuse", code: "Odd&token=topsecret", status: 404, message: "" },
] as const;

test.each(NASTY)("hooks throw nothing but our own errors, without secrets: $code", async (twist) => {
  const stage = new Stage();
  const { id, outs } = await stage.create(SECRETIVE);
  const fresh = () => stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.script("CreateLiveStreamMonitor", twist);
  expectFitToBeShown(await thrownBy(stage.create(SECRETIVE)));
  await fresh();
  stage.cloud.script(LIST, twist);
  const read = await thrownBy(stage.read(id, outs));
  expectFitToBeShown(read);
  expect(read).not.toHaveProperty("id");
  stage.cloud.script("UpdateLiveStreamMonitor", twist);
  const update = await thrownBy(stage.update(id, outs, { ...SECRETIVE, outputTemplate: "lp_ld" }));
  expectFitToBeShown(update);
  expect(update.reasons).toEqual([update.message]);
  stage.cloud.script("DeleteLiveStreamMonitor", twist);
  const deletion = await thrownBy(stage.delete(id, outs));
  expectFitToBeShown(deletion);
  expect(deletion).not.toHaveProperty("id");
  expect(JSON.stringify(stage.lines)).not.toMatch(/topsecret|test-secret/);
});

/** An error of a library, with all that would mislead Pulumi's plugin host. */
const foreign = Object.assign(new Error("boom at rtmp://x/?auth_key=topsecret"), { id: "R-1", code: 5, details: "x" });

test("an unexpected error is dressed as one of ours, with where it came from", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const hooks = stage.start();
  const broken = () => {
    throw foreign;
  };
  stage.clock.random = broken;
  for (const failing of [
    hooks.check?.({}, { ...ARGS, __provider: "text" }),
    hooks.create({ ...outs, timeouts: new Proxy({}, { get: broken }) }),
    hooks.update?.(id, outs, { ...outs, timeouts: new Proxy({}, { get: broken }) }),
    hooks.delete?.(id, { ...outs, timeouts: new Proxy({}, { get: broken }) }),
    hooks.diff?.(id, outs, new Proxy({}, { get: broken })),
  ]) {
    const error = await thrownBy(failing as Promise<unknown>);
    expectFitToBeShown(error);
    expect(error.message).toMatch(
      /^Unexpected error in \w+, please report it: Error: boom at rtmp:\/\/x\/\?\*\*\* .*hooks\.test/,
    );
    expect(error).not.toHaveProperty("id");
  }
});

test("what is thrown and is no error is dressed too", async () => {
  const stage = new Stage();
  stage.clock.random = () => {
    throw "a string";
  };
  const error = await thrownBy(stage.start().check?.({}, { ...ARGS }) as Promise<unknown>);
  expect(error.message).toBe(
    "Unexpected error in check, please report it: a string Nothing was sent, and the state is unchanged. Runbook: pulumi-alicloud-live/docs/runbook.md#defect",
  );
});

test("check names no property to Pulumi, which would print its value", async () => {
  const result = await new Stage().start().check?.({}, { ...ARGS, callbackUrl: "ftp://topsecret" });
  expect(result?.failures).toEqual([{ property: "", reason: "`callbackUrl` must be an http:// or https:// URL" }]);
});

test("the stack's configuration comes before the environment, and is stored at once", async () => {
  const stage = new Stage();
  const hooks = stage.start();
  const values: Record<string, string> = {
    "alicloud:region": "cn-beijing",
    "alicloud:accessKey": "config-key",
    "alicloud:secretKey": "config-secret",
  };
  const get = (key: string) => values[key];
  // Not waited for: the first hook may come before.
  void hooks.configure?.({ config: { get, require: (key) => get(key) ?? "" } });
  const { outs } = await stage.create(ARGS);
  expect(outs.region).toBe("cn-beijing");
  expect(new Set(stage.cloud.calls.map((call) => call.accessKeyId))).toEqual(new Set(["config-key"]));
});

test("outputs are plain, whatever the inputs held", async () => {
  const stage = new Stage();
  const inputs = await stage.checked(ARGS);
  const { outs } = await stage.clock.run(stage.start().create({ ...inputs, odd: new Date(0), none: undefined }));
  expect(outs).toMatchObject({ odd: "1970-01-01T00:00:00.000Z" });
  expect(Object.keys(outs ?? {})).not.toContain("none");
});

test("sessions of this process are not taken for somebody's leftovers", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  await stage.clock.run(stage.clock.sleep(10_000));
  await stage.create(ARGS);
  stage.start();
  await stage.diff(id, outs, outs);
  for (const other of stage.cloud.sessions.keys()) {
    await stage.read(other, outs);
  }
  await stage.create(ARGS);
  expect(stage.lines.filter((line) => line.severity === "warning")).toEqual([]);
});

test("whatever takes long is shown on the resource's row, and leaves a line now and then", async () => {
  const stage = new Stage();
  stage.cloud.delayMs = 90_000;
  const { outs } = await stage.create({ ...ARGS, running: true });
  expect(stage.lines.every((line) => line.urn === outs.__urn && line.severity === "info")).toBe(true);
  expect(stage.shown).toContainEqual(expect.stringMatching(/^session shop--dev--wall--/));
  expect(stage.shown).toContainEqual(expect.stringMatching(/^waiting until it runs … \d+s \(\d+s of 5m\)$/));
  expect(stage.lines.filter((line) => !line.ephemeral)).toHaveLength(3);
  expect(stage.operations.size).toBe(0);
  const before = stage.lines.length;
  await stage.clock.run(stage.clock.sleep(60_000));
  expect(stage.lines).toHaveLength(before);
});

test("a plugin process has one set of surroundings, made at the first use", async () => {
  const [one, other] = [handler(), handler()];
  expect(one).not.toBe(other);
  expect(await one.diff?.("id", {}, {})).toEqual({ changes: false });
});

test("what is wrong with the plugin's own settings is told without a stack", async () => {
  await jest.isolateModulesAsync(async () => {
    process.env.ALICLOUD_LIVE_RATE_FACTOR = "0,5";
    try {
      const fresh = require("../../../provider/host/dynamic") as typeof import("../../../provider/host/dynamic");
      const error = await thrownBy((async () => fresh.handler())());
      expect(error.message).toMatch(/^ALICLOUD_LIVE_RATE_FACTOR must be .*, not "0,5"\. Nothing was sent/);
      expect(error.stack).toMatch(/^\w+ failed, see the error of that resource$/);
    } finally {
      delete process.env.ALICLOUD_LIVE_RATE_FACTOR;
    }
  });
});

test("a state that the plugin wrote is updated once, without a call, so that it holds the text that Pulumi runs", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const news = await stage.checked(ARGS, outs);
  const { __provider: _text, ...ofPlugin } = outs;
  expect(await stage.diff(id, { ...outs, __provider: "text" }, news)).toEqual({ changes: false });
  expect(await stage.diff(id, ofPlugin, news)).toEqual({ changes: true });
  expect(await stage.diff(id, ofPlugin, { ...news, region: "cn-beijing" })).toMatchObject({ replaces: ["region"] });
  stage.cloud.calls.length = 0;
  const healed = await stage.clock.run(Promise.resolve(stage.hooks.update?.(id, ofPlugin, news)));
  expect(healed?.outs).toMatchObject({ __provider: "text", monitorId: id, status: "stopped" });
  expect(stage.cloud.calls).toEqual([]);
});
