import type { LiveStreamMonitor } from "../../../provider/live/types";
import { ARGS, Stage, URN } from "../../support/stage";

/** Every key that a state may hold, and what a hand or another tool may have put there. */
const KEYS = [
  ...["domain", "outputTemplate", "inputList", "monitorName", "app", "stream", "monitorConfig", "callbackUrl"],
  ...["dingTalkWebHookUrl", "region", "running", "onDelete", "timeouts", "adopt", "monitorId", "status", "startTime"],
  ...["stopTime", "outputUrls", "endpoint", "accountId", "seal", "__urn", "__get", "__auto", "__incomplete", "__drift"],
  "__provider",
];
const WRONG: readonly [string, unknown][] = [
  ["null", null],
  ["a number", 5],
  ["zero", 0],
  ["false", false],
  ["text", "x"],
  ["no text", ""],
  ["an empty list", []],
  ["a list of null", [null]],
  ["a list of numbers", [5]],
  ["a list of broken inputs", [{ inputUrl: 5, layoutConfig: 7, playConfig: [] }]],
  ["an empty object", {}],
  ["an object of null", { create: null, update: null, delete: null, flvUrl: null, monitorName: null, inputList: null }],
  ["an object of numbers", { create: 1, update: 1, delete: 1, flvUrl: 1, rtmpUrl: 1, monitorName: 1, inputList: 1 }],
  ["an object of lists", { delete: [], flvUrl: [], monitorName: [], inputList: [] }],
];
const HOOKS = ["read", "delete", "update", "diff", "check"] as const;
/** Keys that the hook cannot do without where they are of another type: for these, no default is safe. */
const ORIGIN = ["monitorId", "region", "endpoint", "accountId", "seal"];
const NEEDED: Readonly<Record<(typeof HOOKS)[number], readonly string[]>> = {
  read: ORIGIN,
  delete: [...ORIGIN, "onDelete"],
  update: ORIGIN,
  diff: ["region"],
  check: ["region", "monitorName", "stream", "app"],
};

async function call(hook: (typeof HOOKS)[number], stage: Stage, id: string, olds: Record<string, unknown>) {
  const news = { ...olds, ...ARGS, region: "cn-shanghai", monitorName: "wall", __urn: URN, __auto: [] };
  const unset = Object.fromEntries(UNSET.map((key) => [key, undefined]));
  switch (hook) {
    case "read":
      return stage.read(id, olds);
    case "delete":
      return stage.delete(id, olds);
    case "update":
      return stage.clock.run(
        stage.hooks.update?.(id, olds, { ...news, ...GOOD, ...unset, domain: "b.example.com" }) as Promise<unknown>,
      );
    case "diff":
      return stage.diff(id, olds, news);
    case "check":
      return stage.hooks.check?.(olds, { ...ARGS, __urn: URN });
  }
}

/** What `check` would let through of the inputs: nothing of a wrong type. */
const GOOD = { outputTemplate: "lp_hd", app: "monitor", stream: "s", running: false, onDelete: "stop" };
const UNSET = ["monitorConfig", "callbackUrl", "dingTalkWebHookUrl", "timeouts", "adopt"] as const;

describe.each(HOOKS)("a %s of a state of wrong types", (hook) => {
  test.each(KEYS)("%s", async (key) => {
    const stage = new Stage({ ALIBABA_CLOUD_REGION: "cn-shanghai" });
    const { id, outs } = await stage.create(ARGS);
    const made = { ...stage.cloud.sessions.get(id) } as LiveStreamMonitor;
    for (const [what, value] of WRONG) {
      stage.start();
      stage.cloud.sessions.set(id, { ...made });
      const before = stage.cloud.calls.length;
      const error: unknown = await call(hook, stage, id, { ...outs, [key]: value }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) {
        continue;
      }
      const { message } = error as Error;
      const where = `${hook} with ${key} = ${what}: ${message}`;
      expect(where).not.toMatch(/Unexpected error|TypeError|undefined|\[object|NaN/);
      // A value of the right type may still be a wrong one; that has sentences of its own.
      if (!(typeof value === "string")) {
        expect([...NEEDED[hook]]).toContain(key);
        expect(where).toContain(`\`${key}\` of this resource is `);
        expect(where).toMatch(/Nothing was sent.*may run and cost money.*pulumi stack export/);
        expect(stage.cloud.calls).toHaveLength(before);
      }
    }
  });
});

test.each(ORIGIN)("%s of a wrong type is never passed over", async (key) => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  for (const hook of ["read", "delete", "update"] as const) {
    await expect(call(hook, stage, id, { ...outs, [key]: 5 })).rejects.toThrow(
      `\`${key}\` of this resource is a number`,
    );
  }
});

test("a policy that is no text is not taken for the default, but the environment can steer past it", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, onDelete: "refuse" });
  await expect(stage.delete(id, { ...outs, onDelete: ["refuse"] })).rejects.toThrow(
    "`onDelete` of this resource is a list",
  );
  stage.env.ALICLOUD_LIVE_ON_DELETE = "stop";
  await stage.delete(id, { ...outs, onDelete: ["refuse"] });
  expect(stage.cloud.sessions.size).toBe(0);
});

test("what was of a wrong type is written anew by a refresh, and the next update repairs it", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const { props } = await stage.read(id, { ...outs, inputList: "x", outputUrls: 5, __auto: 7, timeouts: [1] });
  expect(props).toMatchObject({ inputList: ARGS.inputList });
  expect(props).not.toHaveProperty("timeouts");
  const after = await stage.update(id, { ...outs, inputList: "x" }, ARGS);
  expect(after.inputList).toEqual(ARGS.inputList);
});
