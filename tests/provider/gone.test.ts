import { ARGS, Stage } from "../support/stage";
import { thrownBy } from "../support/thrown";

const LIST = "DescribeLiveStreamMonitorList";
const NOTHING = { kind: "answer", body: { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } } as const;

/** A session that somebody deleted in the console. */
async function deletedElsewhere(env: Record<string, string> = {}) {
  const stage = new Stage(env);
  const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.sessions.clear();
  stage.cloud.calls.length = 0;
  stage.start();
  return { stage, id, outs };
}

type Hook = "read" | "update" | "delete";
const HOOKS: Hook[] = ["read", "update", "delete"];

function ask(stage: Stage, hook: Hook, id: string, outs: Record<string, unknown>): Promise<unknown> {
  switch (hook) {
    case "read":
      return stage.read(id, outs);
    case "update":
      return stage.update(id, outs, { ...ARGS, monitorName: "another" });
    case "delete":
      return stage.delete(id, outs);
  }
}

test("a read says that it is gone after three looks for the id that span half a minute", async () => {
  const { stage, id, outs } = await deletedElsewhere();
  expect(await stage.read(id, outs)).toEqual({});
  const looks = stage.cloud.calls.filter((call) => call.query.MonitorId === id);
  expect(looks).toHaveLength(3);
  expect((looks[2]?.time ?? 0) - (looks[0]?.time ?? 0)).toBeGreaterThanOrEqual(30_000);
  expect(stage.cloud.actions()).toContain("GetCallerIdentity");
});

test("a session that only the second look shows is there", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.script(LIST, NOTHING);
  expect((await stage.read(id, outs)).id).toBe(id);
});

test("the code for no such session is as good as an empty list", async () => {
  const { stage, id, outs } = await deletedElsewhere();
  const refusal = { kind: "refuse", code: "StreamMonitorNotExist", status: 404 } as const;
  stage.cloud.script(LIST, NOTHING, refusal, refusal);
  expect(await stage.read(id, outs)).toEqual({});
});

test("an update of what is gone is an error, and says how to get a new one", async () => {
  const { stage, id, outs } = await deletedElsewhere();
  const error = await thrownBy(stage.update(id, outs, { ...ARGS, monitorName: "another" }));
  expect(error.message).toMatch(/is gone: it was deleted outside of Pulumi.*Run `pulumi up --refresh`/);
  expect(error).not.toHaveProperty("id");
});

test.each(["UpdateLiveStreamMonitor", "StartLiveStreamMonitor"] as const)(
  "a session that goes away before %s is gone too",
  async (action) => {
    const stage = new Stage();
    const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
    stage.cloud.script(action, { kind: "refuse", code: "StreamMonitorNotExist", status: 404 });
    const error = await thrownBy(stage.update(id, outs, { ...ARGS, monitorName: "other", running: true }));
    expect(error.message).toMatch(/is gone: it was deleted outside of Pulumi/);
    expect(error).not.toHaveProperty("id");
  },
);

test.each([
  ["InvalidAccessKeyId.NotFound", 404],
  ["InvalidApi.NotFound", 404],
  ["InvalidProduct.NotFound", 404],
  ["NobodyKnows", 404],
  ["Forbidden.RAM", 403],
])("%s (%s) does not say that a session is gone", async (code, status) => {
  for (const hook of HOOKS) {
    const { stage, id, outs } = await deletedElsewhere();
    stage.cloud.script(LIST, { kind: "refuse", code, status });
    const error = await thrownBy(ask(stage, hook, id, outs));
    expect(error.message).toContain(code);
    expect(error.message).toMatch(/state/);
  }
});

describe.each(HOOKS)("a %s does not believe that it is gone", (hook) => {
  test("from another account", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    stage.cloud.accountId = "2000";
    expect((await thrownBy(ask(stage, hook, id, outs))).message).toMatch(
      /asked as account 2000, and the session belongs to account 1000/,
    );
  });

  test("from another endpoint", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    stage.env.ALIBABA_CLOUD_ENDPOINT_LIVE = "live.elsewhere.example.com";
    stage.start();
    expect((await thrownBy(ask(stage, hook, id, outs))).message).toMatch(
      /cloud at live\.elsewhere\.example\.com knows no session .* made at live\.aliyuncs\.com/,
    );
  });

  test.each(["accountId", "endpoint"] as const)("when %s was edited in the state", async (key) => {
    const { stage, id, outs } = await deletedElsewhere();
    const error = await thrownBy(ask(stage, hook, id, { ...outs, [key]: undefined }));
    expect(error.message).toMatch(/were edited in the state.*may still run and cost money/);
  });

  test("while nobody can tell which account was asked", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    stage.cloud.script("GetCallerIdentity", { kind: "refuse", code: "NoPermission", status: 403 });
    expect((await thrownBy(ask(stage, hook, id, outs))).message).toMatch(
      /which account was asked could not be found out.*NoPermission.*belongs to account 1000.*ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1/,
    );
  });
});

test("where the account cannot be asked, the user may say so", async () => {
  const { stage, id, outs } = await deletedElsewhere();
  stage.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK = "1";
  stage.cloud.accountId = "2000";
  stage.start();
  await stage.delete(id, outs);
  expect(await stage.read(id, outs)).toEqual({});
  expect(stage.cloud.actions()).not.toContain("GetCallerIdentity");
});

test("a state without account is believed with a warning, once", async () => {
  const { stage, id, outs } = await deletedElsewhere({ ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK: "1" });
  delete stage.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK;
  stage.start();
  await stage.delete(id, outs);
  expect(stage.lines.filter((line) => line.severity === "warning").map((line) => line.text)).toEqual([
    expect.stringMatching(/is taken for gone because the cloud says so; the state does not record the account/),
  ]);
});

test("a state of an early version, with an id and nothing else, can be deleted", async () => {
  const { stage, id } = await deletedElsewhere();
  await stage.delete(id, { __provider: "text" });
  expect(await stage.read(id, { monitorId: id })).toEqual({});
});

test("an edited region is looked at where it points, but not believed", async () => {
  const { stage, id, outs } = await deletedElsewhere();
  const error = await thrownBy(stage.delete(id, { ...outs, region: "cn-beijing" }));
  expect(error.message).toMatch(
    /in region cn-beijing, but region, account, endpoint or id of this resource were edited/,
  );
  expect(stage.cloud.calls.every((call) => call.query.RegionId !== "cn-shanghai")).toBe(true);
});

test("a deadline ends the question for the account as well", async () => {
  const { stage, id, outs } = await deletedElsewhere();
  const dead = Array.from({ length: 500 }, () => ({ kind: "lose", carriedOut: false }) as const);
  stage.cloud.script("GetCallerIdentity", ...dead);
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(/did not end within 10m\. A last look does not show it\./);
});

test("without any region nothing can be asked", async () => {
  const { stage, id } = await deletedElsewhere();
  delete stage.env.ALIBABA_CLOUD_REGION;
  expect((await thrownBy(stage.delete(id, {}))).message).toMatch(
    /region of the session is not known\. Nothing was sent/,
  );
});
