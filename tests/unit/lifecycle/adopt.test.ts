import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const LIST = "DescribeLiveStreamMonitorList";
const BY_NAME = { ...ARGS, monitorName: "foreign", adopt: { byName: true } };
const PLACE = { OutputUrls: { RtmpUrl: "rtmp://play.example.com/theirs/own" } };
const NOTHING = { kind: "answer", body: { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } } as const;

const made = (stage: Stage) => stage.cloud.actions().includes("CreateLiveStreamMonitor");

test.each(["by its id", "by its name"])("takes over a session %s, and brings it to what is declared", async (how) => {
  const stage = new Stage();
  const id = stage.cloud.add({ ...PLACE, Status: 0, OutputTemplate: "lp_ld", CallbackUrl: "https://old.example.com" });
  stage.cloud.add({ MonitorName: "other" });
  stage.cloud.add({ MonitorName: "foreign", Domain: "other.example.com" });
  const adopt = how === "by its id" ? { monitorId: id } : { byName: true };
  const { id: adopted, outs } = await stage.create({ ...BY_NAME, adopt, running: true });
  expect(adopted).toBe(id);
  expect(stage.shown).toContainEqual(expect.stringMatching(new RegExp(`^taking over session .* \\(${id}\\)`)));
  expect(made(stage)).toBe(false);
  expect(outs).toMatchObject({ monitorId: id, status: "running", accountId: "1000", outputTemplate: "lp_hd" });
  expect(stage.cloud.sessions.get(id)).toMatchObject({ Status: 1, OutputTemplate: "lp_hd", CallbackUrl: "" });
  const update = stage.cloud.calls.find((call) => call.action === "UpdateLiveStreamMonitor");
  expect(update?.query).toMatchObject({ App: "theirs", Stream: "own", MonitorName: "foreign" });
});

test("what is as declared already is not touched", async () => {
  const stage = new Stage();
  const { id } = await stage.create({ ...ARGS, monitorName: "foreign", running: true });
  stage.start();
  stage.cloud.calls.length = 0;
  const { outs } = await stage.create({ ...BY_NAME, running: true });
  expect(stage.cloud.actions().filter((action) => !/^(Describe|Get)/.test(action))).toEqual([]);
  expect(outs).toMatchObject({ monitorId: id, status: "running" });
});

test("a name that was made up replaces the old one", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({ InputList: [] });
  await stage.create({ ...ARGS, adopt: { monitorId: id } });
  expect(stage.cloud.sessions.get(id)?.MonitorName).toMatch(/^shop--dev--wall--[0-9a-z]{8}$/);
});

test("none of that name and domain", async () => {
  const stage = new Stage();
  stage.cloud.add({ Domain: "other.example.com" });
  const error = await thrownBy(stage.create(BY_NAME));
  expect(error.message).toMatch(/no session named foreign on domain play\.example\.com to adopt in region cn-shanghai/);
  expect(error).not.toHaveProperty("id");
  expect(made(stage)).toBe(false);
});

test("two of that name and domain", async () => {
  const stage = new Stage();
  const ids = [stage.cloud.add({}), stage.cloud.add({})];
  const error = await thrownBy(stage.create(BY_NAME));
  expect(error.message).toContain(`2 sessions are named foreign on domain play.example.com (${ids.join(", ")})`);
  expect(error.message).toMatch(/Nothing was changed\. Say which one with `adopt: \{monitorId: …\}`/);
  expect(made(stage)).toBe(false);
});

test("an id that nobody has, after two looks", async () => {
  const stage = new Stage();
  const error = await thrownBy(stage.create({ ...ARGS, adopt: { monitorId: "nobody" } }));
  expect(error.message).toMatch(
    /no session nobody to adopt in region cn-shanghai of this account\. Nothing was changed/,
  );
  expect(stage.cloud.actions()).toEqual(["GetCallerIdentity", LIST, LIST]);
});

test("an id that only the second look shows", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({});
  stage.cloud.script(LIST, NOTHING);
  expect((await stage.create({ ...ARGS, adopt: { monitorId: id } })).id).toBe(id);
});

test("what fails after it was taken over is unfinished: the id is not lost", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({ Status: 0 });
  stage.cloud.script("StartLiveStreamMonitor", { kind: "refuse", code: "UserQuotaExceed", status: 403 });
  const error = await thrownBy(stage.create({ ...BY_NAME, running: true }));
  expect(error).toMatchObject({ id, properties: { __incomplete: true, monitorId: id, status: "stopped" } });
});

test("a session that goes away while it is taken over is unfinished too", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({ Status: 0 });
  stage.cloud.script("UpdateLiveStreamMonitor", { kind: "refuse", code: "StreamMonitorNotExist", status: 404 });
  const error = await thrownBy(stage.create(BY_NAME));
  expect(error.id).toBe(id);
  expect(error.message).toMatch(/StreamMonitorNotExist.*unfinished, although the cloud says that it is gone/);
});

test("once it is taken over, `adopt` says nothing more", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({ ...PLACE });
  const { outs } = await stage.create(BY_NAME);
  const { adopt: _, ...without } = BY_NAME;
  expect(await stage.diff(id, outs, await stage.checked(without, outs))).toEqual({ changes: false });
  expect(await stage.diff(id, outs, await stage.checked({ ...BY_NAME, adopt: { monitorId: "x" } }, outs))).toEqual({
    changes: false,
  });
});

test("a replacement that would adopt the old session is refused", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({});
  const { outs } = await stage.create(BY_NAME);
  const news = await stage.checked({ ...BY_NAME, region: "cn-beijing" }, outs);
  expect((await thrownBy(stage.diff(id, outs, news))).message).toMatch(/Remove `adopt` first/);
});

test("a session that another resource of the stack manages is refused, and left alone", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({});
  await stage.create(BY_NAME);
  const calls = stage.cloud.calls.length;
  const error = await thrownBy(stage.create({ ...ARGS, adopt: { monitorId: id } }));
  expect(error.message).toMatch(/a resource of this stack manages it already\. Nothing was changed/);
  expect(error).not.toHaveProperty("id");
  expect(stage.cloud.actions().slice(calls)).toEqual([LIST]);
});

test("so is one that an earlier run took over, and that is about to be replaced by itself", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({});
  const { outs } = await stage.create(BY_NAME);
  stage.start();
  await stage.diff(id, outs, await stage.checked({ ...BY_NAME, outputTemplate: "lp_sd" }, outs));
  expect((await thrownBy(stage.create(BY_NAME))).message).toMatch(/remove `adopt` first/);
});

test("one that is only read can be taken over", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({});
  const { props } = await stage.read(id, { __get: true, region: "cn-shanghai" });
  await stage.diff(id, props ?? {}, { __get: true, region: "cn-shanghai" });
  expect((await stage.create(BY_NAME)).id).toBe(id);
});

describe("two entries of the state for one session", () => {
  const OTHER = URN.replace("::wall", "::other");
  const WRITES = /^(Stop|Delete|Update|Start)/;

  async function adopted() {
    const stage = new Stage();
    const id = stage.cloud.add({ Status: 1 });
    const { outs } = await stage.create(BY_NAME);
    stage.start();
    stage.cloud.calls.length = 0;
    return { stage, id, outs };
  }
  const writes = (stage: Stage) => stage.cloud.actions().filter((action) => WRITES.test(action));

  test("a resource that got another name takes the session over, and the old entry leaves it alone", async () => {
    const { stage, id, outs } = await adopted();
    expect((await stage.create({ ...BY_NAME, __urn: OTHER })).id).toBe(id);
    await stage.delete(id, outs);
    expect(writes(stage)).toEqual([]);
    expect(stage.shown.join()).toMatch(/was not deleted: another entry of this stack manages it now \(.*::other\)/);
    expect(stage.cloud.sessions.has(id)).toBe(true);
  });

  test("so it does in a later run, when the one that took it over was interrupted", async () => {
    const { stage, id, outs } = await adopted();
    const taken = await stage.create({ ...BY_NAME, __urn: OTHER });
    stage.start();
    await stage.diff(id, taken.outs, await stage.checked({ ...BY_NAME, __urn: OTHER }, taken.outs));
    await stage.delete(id, outs);
    expect(stage.cloud.sessions.has(id)).toBe(true);
  });

  test("a replacement by itself, of which no `diff` was asked, leaves it alone as well", async () => {
    const { stage, id, outs } = await adopted();
    await stage.create(BY_NAME);
    await stage.delete(id, outs);
    expect(stage.cloud.sessions.has(id)).toBe(true);
  });

  test("both declared are an error, which says how to be rid of one", async () => {
    const { stage, id, outs } = await adopted();
    await stage.create({ ...BY_NAME, __urn: OTHER });
    const error = await thrownBy(stage.diff(id, outs, await stage.checked(BY_NAME, outs)));
    expect(error.message).toMatch(/two resources of this stack: .*::wall and .*::other\..*Remove one of them/);
    expect(writes(stage)).toEqual([]);
  });

  test("an alias is the same resource: what it replaces is deleted", async () => {
    const { stage, id, outs } = await adopted();
    const { adopt: _, ...args } = BY_NAME;
    const news = await stage.checked({ ...args, region: "cn-beijing", __urn: OTHER }, outs);
    expect(await stage.diff(id, outs, news)).toMatchObject({ replaces: ["region"] });
    await stage.delete(id, outs);
    expect(stage.cloud.sessions.has(id)).toBe(false);
  });

  test("where everything goes, the session goes", async () => {
    const { stage, id, outs } = await adopted();
    const taken = await stage.create({ ...BY_NAME, __urn: OTHER });
    stage.start();
    await stage.delete(id, outs);
    await stage.delete(id, taken.outs);
    expect(stage.cloud.sessions.has(id)).toBe(false);
  });
});

test("a namesake that only one of two lists shows is seen", async () => {
  const stage = new Stage();
  const shown = stage.cloud.add({});
  const hidden = stage.cloud.add({});
  const body = { RequestId: "r", Total: 1, LiveStreamMonitorList: [stage.cloud.sessions.get(shown)] };
  stage.cloud.script(LIST, { kind: "answer", body });
  expect((await thrownBy(stage.create(BY_NAME))).message).toContain(`(${shown}, ${hidden})`);
});

test.each([true, false])("one that only the first list shows is asked for by its id: there %s", async (isThere) => {
  const stage = new Stage();
  const id = stage.cloud.add({});
  const body = { RequestId: "r", Total: 1, LiveStreamMonitorList: [stage.cloud.sessions.get(id)] };
  stage.cloud.script(LIST, { kind: "answer", body }, NOTHING);
  if (!isThere) {
    stage.cloud.sessions.delete(id);
  }
  const creating = stage.create(BY_NAME);
  if (isThere) {
    expect((await creating).id).toBe(id);
  } else {
    expect((await thrownBy(creating)).message).toMatch(/There is no session named foreign .* Nothing was changed/);
  }
});

const warnings = (stage: Stage) => stage.lines.filter((line) => line.severity === "warning").map((line) => line.text);

test("what is renamed by a take-over is told, and so is a name of another stack's own", async () => {
  const stage = new Stage();
  const id = stage.cloud.add({ MonitorId: "theirs", MonitorName: "shop--other--wall--0azk9q5x" });
  const { outs } = await stage.create({ ...ARGS, adopt: { monitorId: id } });
  expect(stage.shown).toContain(
    `taking over session shop--other--wall--0azk9q5x (theirs), which exists already; its name becomes ${outs.monitorName}`,
  );
  expect(warnings(stage)).toEqual([
    expect.stringMatching(/has a name of another stack or resource.*the first one destroyed deletes it for both/),
  ]);
});

test("a session of a name that is this resource's own, or nobody's, is taken over without a warning", async () => {
  for (const MonitorName of ["shop--dev--wall--0azk9q5x", "console"]) {
    const stage = new Stage();
    await stage.create({ ...ARGS, adopt: { monitorId: stage.cloud.add({ MonitorName }) } });
    expect(warnings(stage)).toEqual([]);
  }
});

test("a take-over that is refused is not announced", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  await stage.diff(id, outs, outs);
  const inputs = await stage.checked({ ...ARGS, adopt: { monitorId: id } });
  const error = await thrownBy(stage.clock.run(stage.hooks.create({ ...inputs, __urn: `${URN}2` })));
  expect(error.message).toContain("a resource of this stack manages it already");
  expect(stage.shown.filter((text) => text.startsWith("taking over"))).toEqual([]);
});
