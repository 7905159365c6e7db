import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const GENERATED = "shop--dev--wall--0azk9q5x";
const OWN_OTHER = "shop--dev--wall--11111111";
const NEIGHBOUR = "shop--dev--other--22222222";
const STRANGER = "shop--pr-7--wall--33333333";
const OTHER = URN.replace("::wall", "::other");
const RENAMED = URN.replace(":dev:", ":pr-7-kept:");
const LIST = "DescribeLiveStreamMonitorList";

const writes = (stage: Stage) => stage.cloud.actions().filter((action) => !/^(Describe|Get|Create)/.test(action));
const warnings = (stage: Stage) => stage.lines.filter((line) => line.severity === "warning").map((line) => line.text);
const rename = (stage: Stage, id: string, MonitorName: string) =>
  Object.assign(stage.cloud.sessions.get(id) ?? {}, { MonitorName });

/** A session of which the state says that it was given this name, in a plugin process that knows nothing else. */
async function given(monitorName: string, args: object = {}) {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, ...args, monitorName });
  const isGenerated = monitorName.split("--").length >= 4;
  const state = { ...outs, __auto: isGenerated ? ["monitorName", "stream", "app"] : ["stream", "app"] };
  stage.start();
  stage.cloud.calls.length = 0;
  return { stage, id, state };
}

/** What the resource named its session, what the cloud shows, and whether it is the resource's to delete. */
const TABLE: [string, string, string, "deleted" | "left alone"][] = [
  ["its own name", GENERATED, GENERATED, "deleted"],
  ["its own name, with an expiry", GENERATED, `${GENERATED}--x1f`, "deleted"],
  ["its own name, of which the expiry is gone", `${GENERATED}--x1f`, GENERATED, "deleted"],
  ["a name that a person gave it", GENERATED, "console", "deleted"],
  ["another generated name of this very resource", GENERATED, OWN_OTHER, "deleted"],
  ["the old stack's name, since before a rename of the stack", STRANGER, STRANGER, "deleted"],
  ["the old stack's name, with an expiry since", STRANGER, `${STRANGER}--x1f`, "deleted"],
  ["the old stack's name, without its expiry", `${STRANGER}--x1f`, STRANGER, "deleted"],
  ["the old resource's name, since before an alias", NEIGHBOUR, NEIGHBOUR, "deleted"],
  ["the name of another resource", GENERATED, NEIGHBOUR, "left alone"],
  ["the name of another resource, with an expiry", GENERATED, `${NEIGHBOUR}--xzz`, "left alone"],
  ["the name of another stack's resource", GENERATED, STRANGER, "left alone"],
  ["the name of another resource, since a rename of the stack", STRANGER, NEIGHBOUR, "left alone"],
  ["its chosen name", "chosen", "chosen", "deleted"],
  ["another chosen name", "chosen", "theirs", "deleted"],
  ["its own generated name, in place of a chosen one", "chosen", GENERATED, "deleted"],
  ["the name of another resource, in place of a chosen one", "chosen", NEIGHBOUR, "left alone"],
  ["a chosen name that looks generated", NEIGHBOUR, NEIGHBOUR, "deleted"],
];

describe.each(TABLE)("a session that bears %s", (_what, name, shown, outcome) => {
  test.each(["stop", "wait", "refuse"])(`is ${outcome} (%s)`, async (onDelete) => {
    const { stage, id, state } = await given(name, { onDelete });
    rename(stage, id, shown);
    await stage.delete(id, state);
    expect(stage.cloud.sessions.has(id)).toBe(outcome === "left alone");
    expect(writes(stage)).toEqual(outcome === "left alone" ? [] : ["DeleteLiveStreamMonitor"]);
    expect(warnings(stage)).toEqual(
      outcome === "left alone" ? [expect.stringContaining(`${id} was not deleted: its name is ${shown} now`)] : [],
    );
  });

  test(`is ${outcome} while it runs`, async () => {
    const { stage, id, state } = await given(name, { running: true });
    rename(stage, id, shown);
    await stage.delete(id, state);
    expect(stage.cloud.sessions.get(id)?.Status).toBe(outcome === "left alone" ? 1 : undefined);
  });

  test.each([1, 2])(`is ${outcome} after %i refreshes have recorded the name`, async (times) => {
    const { stage, id, state } = await given(name);
    rename(stage, id, shown);
    let old: object = state;
    for (let i = 0; i < times; i += 1) {
      const { props, inputs } = await stage.read(id, old);
      expect(inputs).not.toHaveProperty("__given");
      old = props ?? {};
    }
    await stage.delete(id, old);
    expect(stage.cloud.sessions.has(id)).toBe(outcome === "left alone");
  });
});

test("a session that got its own name back after a refresh is deleted", async () => {
  const { stage, id, state } = await given("chosen");
  rename(stage, id, NEIGHBOUR);
  const { props } = await stage.read(id, state);
  rename(stage, id, "chosen");
  await stage.clock.run(stage.clock.sleep(10_000));
  const again = await stage.read(id, props ?? {});
  expect(again.props).not.toHaveProperty("__given");
  await stage.delete(id, again.props ?? {});
  expect(stage.cloud.sessions.has(id)).toBe(false);
});

test("a name of the URN that the engine uses now is the resource's own, whatever URN the state holds", async () => {
  const { stage, id, state } = await given("chosen");
  stage.urnOf = () => OTHER;
  rename(stage, id, NEIGHBOUR);
  await stage.delete(id, state);
  expect(stage.cloud.sessions.has(id)).toBe(false);
});

test("the delete ends only when the engine has its warning: it may end the plugin right after", async () => {
  const { stage, id, state } = await given(GENERATED);
  rename(stage, id, NEIGHBOUR);
  let hasWarning = false;
  stage.engineTakesLines = stage.clock.sleep(3_000).then(() => {
    hasWarning = true;
  });
  await stage.delete(id, state);
  expect(hasWarning).toBe(true);
});

describe("which list is asked who owns a session", () => {
  const lists = (stage: Stage) => stage.cloud.calls.filter((call) => call.action === LIST).map((call) => call.query);
  const monitors = (stage: Stage, MonitorName: string) => ({
    kind: "answer" as const,
    body: {
      RequestId: "r",
      Total: 1,
      LiveStreamMonitorList: [...stage.cloud.sessions.values()].map((each) => ({ ...each, MonitorName })),
    },
  });

  test("without a program, the shared list will do", async () => {
    const { stage, id, state } = await given(GENERATED);
    await stage.delete(id, state);
    expect(lists(stage).every((query) => query.MonitorId === undefined)).toBe(true);
  });

  test("without a program, what the shared list shows of an adoption is confirmed", async () => {
    const { stage, id, state } = await given(GENERATED);
    stage.cloud.script(LIST, monitors(stage, NEIGHBOUR));
    await stage.delete(id, state);
    expect(stage.cloud.sessions.has(id)).toBe(false);
    expect(lists(stage).at(-1)?.MonitorId).toBe(id);
  });

  test.each([
    ["runs a program", true],
    ["does not say whether it runs one", undefined],
  ])("a process that sees nothing but deletes asks by the id where the engine %s", async (_what, programRuns) => {
    const { stage, id, state } = await given(GENERATED);
    stage.programRuns = programRuns;
    stage.start();
    rename(stage, id, STRANGER);
    stage.cloud.calls.length = 0;
    // The paged list lags.
    stage.cloud.twistPages(monitors(stage, GENERATED));
    await stage.delete(id, state);
    expect(stage.cloud.sessions.get(id)?.MonitorName).toBe(STRANGER);
    expect(lists(stage)).toEqual([expect.objectContaining({ MonitorId: id })]);
  });

  test("while a program runs, an older list that shows the old name is not believed", async () => {
    const { stage, id, state } = await given(GENERATED);
    await stage.checked(ARGS);
    // Another delete has just had the list read.
    const neighbour = stage.cloud.add({ MonitorName: NEIGHBOUR });
    await stage.delete(neighbour, { ...state, monitorId: neighbour, monitorName: NEIGHBOUR, seal: undefined });
    rename(stage, id, STRANGER);
    await stage.delete(id, state);
    expect(stage.cloud.sessions.get(id)?.MonitorName).toBe(STRANGER);
    expect(lists(stage).at(-1)?.MonitorId).toBe(id);
  });
});

test("a session that is adopted during a long wait is not deleted", async () => {
  const { stage, id, state } = await given(GENERATED, { running: true, onDelete: "wait" });
  const deleting = stage.hooks.delete?.(id, state) as Promise<void>;
  const meanwhile = async () => {
    await stage.clock.sleep(60_000);
    Object.assign(stage.cloud.sessions.get(id) ?? {}, { MonitorName: NEIGHBOUR, Status: 0 });
    await deleting;
  };
  await stage.clock.run(meanwhile());
  expect(writes(stage)).toEqual([]);
});

describe("adopted by a resource of another plugin process", () => {
  /** What names the two have, and what then becomes of the session when the first one's entry leaves. */
  test.each([
    ["generated", "generated", true],
    ["chosen", "generated", true],
  ])("%s name, then %s: left alone by the one, deleted by the other", async (first, second, survives) => {
    const stage = new Stage();
    const a = await stage.create({ ...ARGS, ...(first === "chosen" ? { monitorName: "chosen" } : {}), running: true });
    stage.start();
    const b = await stage.create({
      ...ARGS,
      ...(second === "chosen" ? { monitorName: "taken" } : {}),
      running: true,
      adopt: { monitorId: a.id },
      __urn: OTHER,
    });
    expect(b.id).toBe(a.id);
    stage.start();
    stage.cloud.calls.length = 0;
    await stage.delete(a.id, a.outs);
    expect(stage.cloud.sessions.has(a.id)).toBe(survives);
    expect(writes(stage)).toEqual([]);
    stage.urnOf = () => OTHER;
    await stage.delete(b.id, b.outs);
    expect(stage.cloud.sessions.has(a.id)).toBe(false);
  });

  test("the adoption ends only when no filtered list can show the old name any more", async () => {
    const stage = new Stage();
    const id = stage.cloud.add({ MonitorName: STRANGER });
    const stale = { RequestId: "r", Total: 1, LiveStreamMonitorList: [structuredClone(stage.cloud.sessions.get(id))] };
    const inputs = await stage.checked({ ...ARGS, adopt: { monitorId: id } });
    const creating = stage.hooks.create(inputs);
    stage.cloud.script(LIST, ...Array.from({ length: 4 }, () => ({ kind: "answer", body: stale }) as const));
    await stage.clock.run(creating);
    const renamed = stage.cloud.calls.findIndex((call) => call.action === "UpdateLiveStreamMonitor");
    const after = stage.cloud.calls.slice(renamed + 1).filter((call) => call.query.MonitorId === id);
    expect(after.length).toBeGreaterThan(3);
    expect((after.at(-1)?.time ?? 0) - (stage.cloud.calls[renamed]?.time ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  test.each([true, false])("a rename without an answer is sent again (carried out before: %s)", async (carriedOut) => {
    const stage = new Stage();
    const id = stage.cloud.add({ MonitorName: STRANGER });
    stage.cloud.script("UpdateLiveStreamMonitor", { kind: "lose", carriedOut });
    const { outs } = await stage.create({ ...ARGS, adopt: { monitorId: id } });
    expect(stage.cloud.sessions.get(id)?.MonitorName).toBe(outs.monitorName);
    expect(outs).not.toHaveProperty("__given");
  });

  test("a rename that was never recorded leaves the session to whoever runs `up` again", async () => {
    const { stage, id, state } = await given(GENERATED);
    rename(stage, id, NEIGHBOUR);
    stage.start();
    const b = await stage.create({ ...ARGS, adopt: { monitorId: id }, __urn: OTHER });
    stage.start();
    await stage.delete(id, state);
    expect(stage.cloud.sessions.has(id)).toBe(true);
    stage.urnOf = () => OTHER;
    await stage.delete(id, b.outs);
    expect(stage.cloud.sessions.has(id)).toBe(false);
  });
});

describe("an adoption that failed before the rename", () => {
  async function unfinished(name = STRANGER, args: object = {}) {
    const stage = new Stage();
    const id = stage.cloud.add({ MonitorName: name });
    stage.cloud.script("UpdateLiveStreamMonitor", { kind: "refuse", code: "UserQuotaExceed", status: 403 });
    const error = await thrownBy(stage.create({ ...ARGS, ...args, adopt: { monitorId: id } }));
    stage.start();
    return { stage, id, state: (error as unknown as { properties: Record<string, unknown> }).properties };
  }

  test.each([0, 1, 2])("is undone by destroy, as its error says, after %i refreshes", async (times) => {
    const { stage, id, state } = await unfinished();
    let old: object = state;
    for (let i = 0; i < times; i += 1) {
      old = (await stage.read(id, old)).props ?? {};
    }
    await stage.delete(id, old);
    expect(stage.cloud.sessions.has(id)).toBe(false);
  });

  test("is undone after an update that failed too", async () => {
    const { stage, id, state } = await unfinished();
    stage.cloud.script("UpdateLiveStreamMonitor", { kind: "refuse", code: "UserQuotaExceed", status: 403 });
    const error = await thrownBy(stage.update(id, state, ARGS));
    await stage.delete(id, (error as unknown as { properties: object }).properties);
    expect(stage.cloud.sessions.has(id)).toBe(false);
  });

  test("is finished by an update, after which the adopted name counts no more", async () => {
    const { stage, id, state } = await unfinished();
    const outs = await stage.update(id, state, ARGS);
    expect(outs).not.toHaveProperty("__given");
    rename(stage, id, STRANGER);
    await stage.delete(id, outs);
    expect(stage.cloud.sessions.has(id)).toBe(true);
  });
});

describe("through an explicit provider", () => {
  const explicit = { ...ARGS, __explicit: true };

  test.each([
    ["its own earlier session", GENERATED, true],
    ["a session of another stack", STRANGER, true],
    ["a session with a chosen name", "chosen", true],
    ["a session of another resource of this stack", NEIGHBOUR, false],
  ])("%s", async (_what, name, isTaken) => {
    const stage = new Stage();
    const id = stage.cloud.add({ MonitorName: name });
    const creating = stage.create({ ...explicit, adopt: { monitorId: id } });
    if (isTaken) {
      expect((await creating).id).toBe(id);
      return;
    }
    const error = await thrownBy(creating);
    expect(error.message).toMatch(/that of another resource of this stack.*Nothing was changed.*`aliases`/);
    expect(error).not.toHaveProperty("id");
    expect(writes(stage)).toEqual([]);
    expect(stage.shown.join()).not.toContain("taking over");
  });

  test("what this process has refreshed is known to it", async () => {
    const { stage, id, state } = await given(NEIGHBOUR);
    await stage.read(id, state);
    expect((await stage.create({ ...explicit, adopt: { monitorId: id } })).id).toBe(id);
    await stage.delete(id, { ...state, __urn: OTHER });
    expect(stage.cloud.sessions.has(id)).toBe(true);
  });
});

describe("the engine's own URN", () => {
  const SLOW = { ALICLOUD_LIVE_DELETE_TIMEOUT: "1m" };

  async function hanging(urn: string | undefined) {
    const stage = new Stage(SLOW);
    const { id, outs } = await stage.create({ ...ARGS, running: true });
    stage.start();
    stage.lines.length = 0;
    stage.cloud.delayMs = 24 * 3600_000;
    stage.urnOf = () => urn;
    return { stage, error: await thrownBy(stage.delete(id, outs)) };
  }

  test("names stack and row of a delete, where the state holds an older one", async () => {
    const { stage, error } = await hanging(RENAMED);
    expect(error.message).toContain("`pulumi destroy --stack pr-7-kept`");
    expect(error.message).not.toContain("--stack dev");
    expect(new Set(stage.lines.map(({ urn }) => urn))).toEqual(new Set([RENAMED]));
  });

  test("where it is not known, no stack is named, and no row but the stack's is written on", async () => {
    const { stage, error } = await hanging(undefined);
    expect(error.message).toMatch(/Run `pulumi destroy` to continue.*`ALICLOUD_LIVE_DELETE_TIMEOUT=3m pulumi destroy`/);
    expect(error.message).not.toContain("--stack");
    expect(stage.lines.map(({ urn, ephemeral }) => ({ urn, ephemeral }))).toEqual([
      { urn: undefined, ephemeral: false },
    ]);
  });

  test("an update is at what the program declares, where the request does not say", async () => {
    const stage = new Stage();
    const { id, outs } = await stage.create({ ...ARGS });
    stage.lines.length = 0;
    stage.urnOf = () => undefined;
    stage.cloud.delayMs = 24 * 3600_000;
    const error = await thrownBy(stage.update(id, outs, { ...ARGS, running: true, __urn: RENAMED }));
    expect(error.message).toContain("`pulumi up --stack pr-7-kept`");
    expect(new Set(stage.lines.map(({ urn }) => urn))).toEqual(new Set([RENAMED]));
  });
});
