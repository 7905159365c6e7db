import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPlan, stillPlanned, writePlan } from "../../../cli/sweep/plan-file";
import { readStateFile } from "../../../cli/sweep/state-file";
import type { ListedSession } from "../../../provider/lifecycle/list";

const folder = mkdtempSync(join(tmpdir(), "sweep-"));
const TYPE = "pulumi-nodejs:dynamic/live:StreamMonitor";
const urn = (name: string, stack = "pr-1") => `urn:pulumi:${stack}::shop::${TYPE}::${name}`;

function written(content: unknown, name = "state.json"): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}
const export3 = (deployment: object) => written({ version: 3, deployment });
const monitor = (name: string, more: object = {}) => ({ urn: urn(name), type: TYPE, id: `m-${name}`, ...more });

test("reads what resources hold, and what pending creates say", () => {
  const timeouts = { create: "20m" };
  const file = export3({
    manifest: { time: "2026-11-27T11:00:00.5Z" },
    resources: [
      { urn: "urn:pulumi:pr-1::shop::pulumi:pulumi:Stack::shop-pr-1", type: "pulumi:pulumi:Stack" },
      monitor("a", { outputs: { region: "cn-beijing", monitorId: "m-a", accountId: "1000" } }),
      { urn: "urn:pulumi:pr-1::shop::other:x:Y::b", type: "other:x:Y", id: "not-ours" },
    ],
    pending_operations: [
      { type: "creating", resource: monitor("c", { inputs: { monitorName: "n", __auto: ["monitorName"], timeouts } }) },
      { type: "deleting", resource: monitor("a") },
    ],
  });
  expect(readStateFile(file)).toEqual({
    ...{ file, project: "shop", stack: "pr-1", writtenAt: Date.UTC(2026, 10, 27, 11, 0, 0, 500) },
    held: new Set(["m-a"]),
    accounts: new Set(["1000"]),
    regions: new Set(["cn-beijing"]),
    pending: [
      {
        ...{ urn: urn("c"), monitorName: "n", isGenerated: true, adopts: false },
        ...{ onDelete: undefined, createTimeout: "20m", adoptedId: undefined, hasUnknownRegion: false },
      },
    ],
  });
});

test("an encrypted name is no name", () => {
  const monitorName = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
  const resource = monitor("c", { inputs: { monitorName } });
  const { pending } = readStateFile(export3({ pending_operations: [{ type: "creating", resource }] }));
  expect(pending[0]?.monitorName).toBeUndefined();
});

test.each([
  ["nothing", "", /not JSON/],
  ["no JSON", "oops", /not JSON/],
  ["other JSON", "[]", /no `deployment`/],
  ["an object without deployment", "{}", /no `deployment`/],
  ["an empty deployment", '{"version":3,"deployment":{}}', /is empty, so it spares nothing/],
  ["no resources", '{"version":3,"deployment":{"resources":[]}}', /is empty/],
  [
    "two stacks",
    JSON.stringify({ deployment: { resources: [monitor("a"), { ...monitor("b"), urn: urn("b", "pr-2") }] } }),
    /not that of one stack/,
  ],
  ["resources that are no list", JSON.stringify({ deployment: { resources: { 0: monitor("a") } } }), /a list in it/],
  ["a list among the resources", JSON.stringify({ deployment: { resources: [monitor("a"), []] } }), /a list in it/],
])("a state file with %s is refused", (_what, text, message) => {
  expect(() => readStateFile(written(text))).toThrow(message);
});

test("a state file that is not there is refused", () => {
  expect(() => readStateFile(join(folder, "nowhere.json"))).toThrow(/cannot be read as a state: ENOENT/);
});

const session = (name: string, more: Partial<ListedSession> = {}): ListedSession => ({
  ...{ monitorId: `m-${name}`, name, region: "cn-shanghai", status: "running", record: { monitorId: `m-${name}` } },
  ...more,
});

test("a state of the plugin counts, too; Pulumi itself keeps its timeouts, in seconds", () => {
  const plugin = { type: "alicloud-live:index:StreamMonitor", customTimeouts: { create: 90 } };
  const adopt = { monitorId: "m-x" };
  const region = { ciphertext: "x" };
  const inputs = { monitorName: "n", __auto: ["monitorName"], adopt, region, onDelete: "bogus" };
  const file = export3({
    resources: [monitor("a", plugin)],
    pending_operations: [{ type: "creating", resource: monitor("c", { ...plugin, inputs }) }],
  });
  const { held, pending } = readStateFile(file);
  expect(held).toEqual(new Set(["m-a"]));
  expect(pending).toEqual([
    {
      ...{ urn: urn("c"), monitorName: "n", isGenerated: true, adopts: true, adoptedId: "m-x" },
      ...{ createTimeout: "90s", hasUnknownRegion: true, onDelete: undefined },
    },
  ]);
});

test("a plan is carried out as far as nothing has changed since", async () => {
  const file = join(folder, "plan.json");
  const nameOf = (resource: string) => `shop--pr-1--${resource}--abcdefgh`;
  const names = ["same", "renamed", "restarted", "moved", "gone", "unseen"].map(nameOf);
  const doomed = names.map((name) => ({
    ...{ session: session(name, { startTime: "t1" }), why: "old", policy: "stop" as const },
  }));
  writePlan(file, "1000", doomed, 0);
  const now = [
    session(nameOf("same"), { startTime: "t1" }),
    session(nameOf("renamed"), { startTime: "t1", name: "other" }),
    session(nameOf("restarted"), { startTime: "t2" }),
    session(nameOf("moved"), { startTime: "t1", region: "cn-beijing" }),
    session(nameOf("new"), { startTime: "t1" }),
  ];
  const isGone = async ({ monitorId }: { monitorId: string }) => monitorId.includes("--gone--");
  const { doomed: still, changed } = await stillPlanned(readPlan(file), now, isGone);
  expect(still).toEqual([{ session: now[0], why: "old", policy: "stop" }]);
  expect(changed.map(({ name, how }) => `${name.split("--")[2]} ${how}`)).toEqual([
    "renamed is named other now",
    "restarted was started since",
    "moved is in cn-beijing now",
    "gone is gone",
    "unseen could not be looked for",
  ]);
});

const PLANNED = { monitorId: "m", name: "shop--pr-1--wall--abcdefgh", region: "cn-shanghai", why: "w", policy: "stop" };
const planWith = (more: object) => JSON.stringify({ version: 1, sessions: [{ ...PLANNED, ...more }] });

test.each([
  ...["", "{}", "[]", "null", '{"version":2,"sessions":[]}', '{"version":1,"sessions":[{"monitorId":1}]}'],
  '{"version":1,"sessions":[null]}',
  planWith({ name: "somebody's studio" }),
  planWith({ policy: "bogus" }),
])("%j is no plan", (text) => {
  expect(() => readPlan(written(text, "odd.json"))).toThrow(/plan/);
});
