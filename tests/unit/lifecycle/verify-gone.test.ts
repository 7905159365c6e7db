import type { Twist } from "../../support/scripted-cloud";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

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

const listed = (body: object): Twist => ({ kind: "answer", body: { RequestId: "r", ...body } });
const ANSWERS = {
  empty: listed({ Total: 0, LiveStreamMonitorList: [] }),
  "empty, without total": listed({ LiveStreamMonitorList: [] }),
  "the code": { kind: "refuse", code: "StreamMonitorNotExist", status: 404 },
  "empty, with a total of 1": listed({ Total: 1, LiveStreamMonitorList: [] }),
  "empty, with a total in words": listed({ Total: "some", LiveStreamMonitorList: [] }),
  others: listed({ Total: 1, LiveStreamMonitorList: [{ MonitorId: "other", Status: 0 }] }),
  "an odd item": listed({ Total: 0, LiveStreamMonitorList: [{ MonitorId: "odd id" }] }),
  "no list": listed({}),
  "503": { kind: "html", status: 503 },
  lost: { kind: "lose", carriedOut: false },
  Forbidden: { kind: "refuse", code: "Forbidden.RAM", status: 403 },
  throttled: { kind: "refuse", code: "Throttling.User", status: 400 },
} satisfies Record<string, Twist>;
type AnswerName = keyof typeof ANSWERS;
const CLEAN: AnswerName[] = ["empty", "empty, without total", "the code"];
const ASKED_AGAIN: AnswerName[] = [
  ...(["empty, with a total of 1", "empty, with a total in words", "others", "an odd item"] as const),
  ...(["no list", "503", "lost"] as const),
];

/** A session that is gone, in an account that has another; what the first lists filtered by its id answer. */
async function absent(answers: AnswerName[], hook: "read" | "update" = "read") {
  const { stage, id, outs } = await deletedElsewhere();
  stage.cloud.add({ MonitorName: "neighbour" });
  // The update's first look is by id too; the read's is a list that shows the neighbour alone.
  stage.cloud.twistFiltered(...answers.map((name) => ANSWERS[name]));
  const result = await ask(stage, hook, id, outs).catch((error: Error) => error.message);
  const looks = stage.cloud.calls.filter((call) => call.query.MonitorId === id).map(({ time }) => time);
  return { result, id, looks, span: (looks.at(-1) ?? 0) - (looks[0] ?? 0) };
}

describe.each(["read", "update"] as const)("a %s", (hook) => {
  const isGone = hook === "read" ? {} : expect.stringMatching(/is gone: it was deleted outside of Pulumi/);

  test.each(CLEAN.flatMap((one) => CLEAN.map((other) => [one, other] as const)))(
    "believes three reads that span half a minute: %s, then %s",
    async (one, other) => {
      const { result, looks, span } = await absent([one, other, one], hook);
      expect(result).toEqual(isGone);
      expect(looks).toHaveLength(3);
      expect(span).toBeGreaterThanOrEqual(30_000);
    },
  );

  test.each(ASKED_AGAIN.flatMap((odd) => [1, 2].map((at) => [odd, at] as const)))(
    "does not count %s as a miss, and begins anew after it (at read %d)",
    async (odd, at) => {
      const { result, looks } = await absent([...Array.from({ length: at }, () => "empty" as const), odd], hook);
      expect(result).toEqual(isGone);
      // Those before it are in vain; the answer that replaced it is the first of three.
      expect(looks).toHaveLength(at + 1 + 3);
      expect((looks.at(-1) ?? 0) - (looks.at(-3) ?? 0)).toBeGreaterThanOrEqual(30_000);
    },
  );

  test("does not begin anew because it was told to be slower", async () => {
    const { result, looks } = await absent(["empty", "throttled"], hook);
    expect([result, looks.length]).toEqual([isGone, 4]);
  });

  test.each(ASKED_AGAIN)("is an error at its deadline when it gets nothing but this: %s", async (odd) => {
    const { result } = await absent(
      Array.from({ length: 400 }, () => odd),
      hook,
    );
    expect(result).toMatch(/did not end within 5m.*Nothing was sent that changes anything/);
  });

  test("is an error when it is refused", async () => {
    expect((await absent(["empty", "Forbidden"], hook)).result).toMatch(/Forbidden.*state is unchanged/);
  });
});

test.each([0, 1, 2])("one read that shows the session ends the question (after %d misses)", async (misses) => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  await stage.clock.run(stage.clock.sleep(60_000));
  const session = { ...stage.cloud.sessions.get(id) };
  stage.cloud.sessions.clear();
  stage.cloud.add({ MonitorName: "neighbour" });
  const empty = Array.from({ length: misses }, () => ANSWERS.empty);
  stage.cloud.twistFiltered(...empty, listed({ Total: 1, LiveStreamMonitorList: [session] }));
  expect((await stage.read(id, outs)).id).toBe(id);
});

test.each(["get", "adopt"])("what a %s looks for, and two looks miss, is an error that loses nothing", async (what) => {
  for (const appears of [true, false]) {
    const stage = new Stage();
    const id = stage.cloud.add({ MonitorName: "wall" });
    const session = { ...stage.cloud.sessions.get(id) };
    stage.cloud.sessions.clear();
    // As a list filtered by id may lag behind by up to four seconds.
    const lag = stage.clock.sleep(4_000).then(() => appears && stage.cloud.add(session));
    const began = stage.clock.now();
    const asked =
      what === "get"
        ? stage.read(id, { __get: true }).then((found) => found.id)
        : stage.create({ ...ARGS, monitorName: "wall", adopt: { monitorId: id } }).then((made) => made.id);
    const result = await asked.catch((error: Error) => error.message);
    await stage.clock.run(lag);
    expect(result).toEqual(appears ? id : expect.stringMatching(/There is no session .*Nothing was changed/));
    expect(stage.clock.now() - began).toBeLessThan(10_000);
  }
});

const RECORDS: [string, object, boolean][] = [
  ["running", { status: "running" }, true],
  ["stopped", { status: "stopped" }, false],
  ["stopped, and declared to run", { status: "stopped", running: true }, false],
  ["no status, and declared to run", { status: undefined, running: true }, true],
  ["a status of no known value, and declared to run", { status: 7, running: true }, true],
  ["no status, and declared to be stopped", { status: undefined, running: false }, false],
  ["no status, and nothing declared", { status: undefined, running: undefined }, false],
];

describe.each(RECORDS)("a session recorded as %s", (_what, record, mayRun) => {
  const outage = /no session .* and no other session of this account.*ALICLOUD_LIVE_TRUST_EMPTY_LIST=1/;

  test.each([
    ["empty", [], mayRun],
    ["empty, and says that it is not", [listed({ Total: 3, LiveStreamMonitorList: [] })], mayRun],
    ["of an odd item", [listed({ Total: 1, LiveStreamMonitorList: [{ MonitorId: "odd id" }] })], false],
    ["of others", [listed({ Total: 1, LiveStreamMonitorList: [{ MonitorId: "x", Status: 0 }] })], false],
  ] as [string, Twist[], boolean][])("is missing, and the list of the account is %s", async (_list, lists, refused) => {
    const { stage, id, outs } = await deletedElsewhere();
    // The read begins with a list of its own.
    stage.cloud.twistPages(ANSWERS.empty, ...lists);
    const result = await stage.read(id, { ...outs, ...record }).catch((error: Error) => error.message);
    expect(result).toEqual(refused ? expect.stringMatching(outage) : {});
  });

  test("is missing, and the list of the account cannot be read", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    stage.cloud.twistPages(ANSWERS.empty, ANSWERS.Forbidden);
    const result = await stage.read(id, { ...outs, ...record }).catch((error: Error) => error.message);
    expect(result).toEqual(mayRun ? expect.stringMatching(/Forbidden/) : {});
  });

  test("is missing from an empty account, and somebody says that this is true", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    stage.env.ALICLOUD_LIVE_TRUST_EMPTY_LIST = "1";
    expect(await stage.read(id, { ...outs, ...record })).toEqual({});
  });

  test("is missing from an empty account, and an update or a delete comes", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    const old = { ...outs, ...record };
    const { message } = await thrownBy(stage.update(id, old, { ...ARGS, monitorName: "another" }));
    expect(message).toMatch(mayRun ? outage : /is gone: it was deleted outside of Pulumi/);
    // Delete's own word needs no list.
    await stage.delete(id, old);
  });
});

test("two sessions that ran are judged each for itself, in whatever order", async () => {
  const stage = new Stage();
  const made = [await stage.create({ ...ARGS, running: true }), await stage.create({ ...ARGS, running: true })];
  await stage.clock.run(stage.clock.sleep(60_000));
  stage.cloud.sessions.clear();
  for (const { id, outs } of [...made, ...made.reverse()]) {
    expect((await thrownBy(stage.read(id, outs))).message).toMatch(/ALICLOUD_LIVE_TRUST_EMPTY_LIST=1/);
  }
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
      /account 2000 was asked, and the session belongs to account 1000/,
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
    expect(error.message).toMatch(/was edited there.*may still run and cost money/);
  });

  test("while nobody can tell which account was asked", async () => {
    const { stage, id, outs } = await deletedElsewhere();
    stage.cloud.script("GetCallerIdentity", { kind: "refuse", code: "NoPermission", status: 403 });
    expect((await thrownBy(ask(stage, hook, id, outs))).message).toMatch(
      /the account that answered is unknown.*NoPermission.*belongs to account 1000.*ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1/,
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
    expect.stringMatching(/The state records no account, so ownership was not verified/),
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
    /in region cn-beijing\. But since the provider last saved the state, this resource's region, account, endpoint or id was edited/,
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

describe.each(HOOKS)("a session of another world, in %s", (hook) => {
  test.each([
    ["of an emulator, and the calls would go to the real cloud", "http://127.0.0.1:4321", {}],
    [
      "of the real cloud, and the calls would go to an emulator",
      "live.aliyuncs.com",
      { ALIBABA_CLOUD_ENDPOINT_LIVE: "http://localhost:1" },
    ],
  ])("%s: nothing is sent, and the state keeps it", async (_what, endpoint, env) => {
    const stage = new Stage(env);
    const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
    stage.cloud.calls.length = 0;
    stage.start();
    const { seal: _seal, ...rest } = outs;
    const error = await thrownBy(ask(stage, hook, id, { ...rest, endpoint }));
    expect(error.message).toContain(`was made at ${endpoint}, but the calls would go to`);
    expect(error.message).toContain("stays in the state");
    expect(stage.cloud.calls).toEqual([]);
    expect(stage.cloud.sessions.has(id)).toBe(true);
  });
});
