import { type Selection, select, type Wanted } from "../../../cli/sweep/selection";
import type { PendingCreate, StateFile } from "../../../cli/sweep/state-file";
import type { ListedSession } from "../../../provider/lifecycle/list";
import { automaticName, expiryOf, withExpiry } from "../../../provider/model/names";

const NOW = Date.UTC(2026, 10, 27, 12);
const HOUR = 3_600_000;
let count = 0;

function session(name: string, more: Partial<ListedSession> = {}): ListedSession {
  const monitorId = `m-${++count}`;
  const expiresAt = expiryOf(name);
  return {
    ...{ monitorId, name, region: "cn-shanghai", status: "running", record: { monitorId } },
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...more,
  };
}
const nameOf = (project: string, stack: string, resource = "wall") =>
  automaticName({ project, stack, resource }, () => 0.5);
const state = (more: Partial<StateFile> = {}): StateFile => ({
  ...{ file: "state.json", project: "shop", stack: "pr-1", writtenAt: NOW - HOUR },
  ...{ held: new Set(), accounts: new Set(), regions: new Set(), pending: [] },
  ...more,
});
const pending = (monitorName: string | undefined, more: Partial<PendingCreate> = {}): PendingCreate => ({
  ...{ urn: "urn:pulumi:pr-1::shop::t::wall", monitorName, isGenerated: true, adopts: false },
  ...{ onDelete: undefined, createTimeout: undefined, adoptedId: undefined, hasUnknownRegion: false },
  ...more,
});

function selected(
  sessions: ListedSession[],
  wanted: Partial<Wanted>,
): Record<keyof Omit<Selection, "notes">, string[]> {
  const { doomed, spared, undecided } = select(sessions, { states: [], policy: "stop", nowMs: NOW, ...wanted });
  const ids = (chosen: typeof doomed) => chosen.map((each) => each.session.monitorId);
  return { doomed: ids(doomed), spared: ids(spared), undecided: ids(undecided) };
}
const NONE = { doomed: [], spared: [], undecided: [] };

test("an owner is compared as a whole, never by a prefix, and in the form of earlier versions too", () => {
  const owner = { project: "shop", stack: "pr-1" };
  const ours = session(nameOf("shop", "pr-1"));
  const earlier = session("a-pro-53b1a1d1--pr-1--wall--abcdefgh");
  const others = [
    ...["pr-12", "pr-1-a", "pr", "PR-1"].map((stack) => session(nameOf("shop", stack))),
    session(nameOf("shop2", "pr-1")),
    session("shop--pr-1--wall"),
    session("shop--pr-1--wall--ABCDEFGH"),
    session("shop--pr-1--abcdefgh"),
    session("shop--pr-1"),
    earlier,
  ];
  expect(selected([ours, ...others], { owner })).toEqual({ ...NONE, doomed: [ours.monitorId] });
  const long = { project: "a-project-of-a-long-name", stack: "a-stack-of-a-very-long-name" };
  const oldForm = session("a-pro-e5d3dccc--a-sta-73efcf67--wall--abcdefgh");
  expect(selected([oldForm], { owner: long })).toEqual({ ...NONE, doomed: [oldForm.monitorId] });
});

test.each([
  ["started before", { startTime: "2026-11-27T07:00:00Z" }, "doomed"],
  ["started just so long ago", { startTime: "2026-11-27T08:00:00Z" }, undefined],
  ["started since", { startTime: "2026-11-27T11:00:00Z" }, undefined],
  ["never started", {}, "undecided"],
  ["started at no time that can be read", { startTime: "yesterday" }, "undecided"],
] as const)("older than 4h: %s", (_what, more, kind) => {
  const one = session(nameOf("shop", "pr-1"), more);
  expect(selected([one], { olderThanMs: 4 * HOUR })).toEqual(kind ? { ...NONE, [kind]: [one.monitorId] } : NONE);
});

test("expired: a generated name with an expiry that is over", () => {
  const name = nameOf("shop", "pr-1");
  const over = session(withExpiry(name, NOW - HOUR));
  const others = [session(withExpiry(name, NOW + HOUR)), session(name), session("mine--x1"), session("a--x1kq9z")];
  expect(selected([over, ...others], { expired: true })).toEqual({ ...NONE, doomed: [over.monitorId] });
});

test("all that is asked for must hold", () => {
  const startTime = "2026-11-27T00:00:00Z";
  const [ours, theirs] = ["pr-1", "pr-2"].map((stack) => session(nameOf("shop", stack), { startTime }));
  const wanted = { owner: { project: "shop", stack: "pr-1" }, olderThanMs: HOUR };
  expect(selected([ours, theirs] as ListedSession[], wanted).doomed).toEqual([ours?.monitorId]);
});

test("what any given state holds is spared, whatever asks for it", () => {
  const one = session(withExpiry(nameOf("shop", "pr-1"), NOW - HOUR), { startTime: "2026-11-01T00:00:00Z" });
  const states = [state(), state({ held: new Set([one.monitorId]), pending: [pending(one.name)] })];
  const all = { owner: { project: "shop", stack: "pr-1" }, olderThanMs: HOUR, expired: true, states };
  expect(selected([one], all)).toEqual({ ...NONE, spared: [one.monitorId] });
});

test.each<[string, Partial<PendingCreate>, Partial<StateFile>, keyof typeof NONE | undefined]>([
  ["of a generated name", {}, {}, "doomed"],
  ["of a chosen name", { isGenerated: false }, {}, undefined],
  ["that was to adopt", { adopts: true }, {}, "undecided"],
  ["that may still run", {}, { writtenAt: NOW - 6 * 60_000 }, "undecided"],
  ["that is over", {}, { writtenAt: NOW - 6 * 60_000 - 1 }, "doomed"],
  ["that may run for an hour", { createTimeout: "1h" }, { writtenAt: NOW - HOUR }, "undecided"],
  ["in a state without a time", {}, { writtenAt: undefined }, "undecided"],
])("a pending create %s", (_what, more, ofState, kind) => {
  const name = nameOf("shop", "pr-1");
  const one = session(withExpiry(name, NOW + HOUR));
  const states = [state({ pending: [pending(name, more)], ...ofState })];
  expect(selected([one, session(nameOf("shop", "pr-2"))], { states })).toEqual(
    kind ? { ...NONE, [kind]: [one.monitorId] } : NONE,
  );
});

test("the policy is that of the pending inputs, else the general one", () => {
  const names = [nameOf("shop", "pr-1", "a"), nameOf("shop", "pr-1", "b")];
  const states = [state({ pending: [pending(names[0], { onDelete: "wait" }), pending(names[1])] })];
  const { doomed } = select(
    names.map((name) => session(name)),
    { states, policy: "refuse", nowMs: NOW },
  );
  expect(doomed.map(({ policy }) => policy)).toEqual(["wait", "refuse"]);
});

test("a pending create whose name is encrypted is told", () => {
  const { notes } = select([], { states: [state({ pending: [pending(undefined)] })], policy: "stop", nowMs: NOW });
  expect(notes).toEqual([expect.stringMatching(/encrypted/)]);
});

test.each([
  "Live--Beijing--Cam 1--20261127",
  "直播--监控--房间--20261127",
  "team--a--b--c--backup01",
  "shop--pr-1--the wall, by hand--20261127",
  "shop--pr-1--a--b--c--20261127",
  "shop--pr-1---- --20261127",
  "shop--pr-1---wall--20261127",
  `shop--pr-1--${"w".repeat(60)}--20261127`,
])("a name that a person wrote, %s, is never selected", (name) => {
  const started = { startTime: "2026-01-01T00:00:00Z" };
  const owner = { project: "shop", stack: "pr-1" };
  expect(selected([session(name, started)], { olderThanMs: HOUR })).toEqual(NONE);
  expect(selected([session(name, started)], { owner })).toEqual(NONE);
});

test("what a create is about to adopt is left, by its id and by its name", () => {
  const [byName, byId] = [session(nameOf("shop", "pr-1")), session(nameOf("shop", "pr-1", "hall"))];
  const creates = [
    pending(byName.name, { adopts: true }),
    pending(nameOf("shop", "pr-1", "new"), { adopts: true, adoptedId: byId.monitorId }),
  ];
  const owner = { project: "shop", stack: "pr-1" };
  expect(selected([byName, byId], { owner, states: [state({ pending: creates })] })).toEqual({
    ...NONE,
    undecided: [byName.monitorId, byId.monitorId],
  });
});

test("what was started after the state of its stack was exported may be in the stack, and is left", () => {
  const later = session(nameOf("shop", "pr-1"), { startTime: new Date(NOW - HOUR / 2).toISOString() });
  const earlier = session(nameOf("shop", "pr-1", "hall"), { startTime: new Date(NOW - 2 * HOUR).toISOString() });
  expect(selected([later, earlier], { owner: { project: "shop", stack: "pr-1" }, states: [state()] })).toEqual({
    ...NONE,
    doomed: [earlier.monitorId],
    undecided: [later.monitorId],
  });
});

test("of several states that have a pending create, the oldest tells whether it has ended", () => {
  const lost = session(nameOf("shop", "pr-1"));
  const young = state({ writtenAt: NOW - 1000, pending: [pending(lost.name)] });
  const old = state({ pending: [pending(lost.name)] });
  expect(selected([lost], { states: [young] })).toEqual({ ...NONE, undecided: [lost.monitorId] });
  expect(selected([lost], { states: [young], isIdle: true })).toEqual({ ...NONE, doomed: [lost.monitorId] });
  expect(selected([lost], { states: [young, old] })).toEqual({ ...NONE, doomed: [lost.monitorId] });
});

test.each([
  ["an encrypted region", { hasUnknownRegion: true }, /region of the pending create .* is encrypted/],
  ["a chosen name", { isGenerated: false }, /of a chosen name, shop--/],
])("a pending create with %s is told", (_what, more, text) => {
  const { notes } = select([], {
    states: [state({ pending: [pending(nameOf("shop", "pr-1"), more)] })],
    policy: "stop",
    nowMs: NOW,
  });
  expect(notes).toEqual([expect.stringMatching(text)]);
});
