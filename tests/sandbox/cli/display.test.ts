import { createDisplay } from "../../../cli/display/choose";
import type { EngineEvent, OperationOptions, OperationResult, ResourceOp } from "../../../sandbox/engine";
import { makeSecret, UNKNOWN } from "../../../sandbox/engine/wire/values";

const NOTHING = { create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0, same: 0, discard: 0 };
const WELL: OperationResult = { ok: true, isSaved: true, changes: NOTHING, outputs: {}, diagnostics: [] };

/** What is printed of an operation, in a log or on a terminal. */
function printed(
  operation: OperationOptions["operation"],
  events: EngineEvent[],
  result: Partial<OperationResult> = {},
  isTTY = false,
): string {
  const texts: string[] = [];
  const out = { isTTY, rows: 24, columns: 80, write: (text: string) => texts.push(text) };
  const display = createDisplay(operation, out as unknown as NodeJS.WriteStream, { env: {} });
  for (const event of events) {
    display.onEvent(event);
  }
  display.finish({ ...WELL, ...result });
  return texts.join("");
}

function urn(name: string): string {
  return `urn:pulumi:dev::shop::a:b:C::${name}`;
}

function step(op: ResourceOp, phase: "begin" | "end" | "failed", name = "wall"): EngineEvent {
  return { type: "resource", urn: urn(name), op, phase };
}

function error(message: string, about = ""): EngineEvent {
  return { type: "diagnostic", severity: "error", message, urn: about, ephemeral: false };
}

test("secrets and what is not known yet are named, wherever they stand", () => {
  const resource = { "@isPulumiResource": true, id: UNKNOWN, name: "wall", key: makeSecret("shut") };
  const outputs = { id: UNKNOWN, resource, list: [UNKNOWN, 1, 'a "b"'], secret: makeSecret({ a: 1 }), no: false };
  const text = printed("preview", [], { outputs });
  expect(text).toContain(`Outputs:
    id: [unknown]
    resource: {"@isPulumiResource": true, "id": [unknown], "name": "wall", "key": [secret]}
    list: [[unknown], 1, "a \\"b\\""]
    secret: [secret]
    no: false
`);
});

test("outputs that say nothing are left out, but not what is in others", () => {
  const text = printed("up", [], { outputs: { none: null, empty: "", list: [], map: {}, full: { none: null } } });
  expect(text).toContain('Outputs:\n    full: {"none": null}\n\n');
  expect(printed("up", [], { outputs: { none: null } })).not.toContain("Outputs");
});

test("outputs of what was deleted, or could not be previewed, are not shown", () => {
  const outputs = { id: "1" };
  expect(printed("destroy", [], { ok: false, outputs })).not.toContain("Outputs");
  expect(printed("preview", [], { ok: false, outputs })).not.toContain("Outputs");
  expect(printed("refresh", [], { ok: false, outputs })).toContain("Outputs");
});

test("a preview says what would be done, and never that it was", () => {
  const ops: ResourceOp[] = ["create", "update", "replace", "delete", "read", "create-replacement", "delete-replaced"];
  const events = ops.flatMap((op) => [step(op, "begin"), step(op, "end")]);
  const text = printed("preview", events, { changes: { ...NOTHING, create: 1 } });
  expect(text.match(/would [a-z ]+$/gm)).toEqual([
    "would create",
    "would update",
    "would replace",
    "would delete",
    "would read",
    "would create replacement",
    "would delete original",
  ]);
  expect(text.split("\n\n")[0]?.split("\n")).toHaveLength(ops.length);
  expect(text).toContain("1 to be created");
});

test("a preview that fails has done nothing; anything else names itself and says where to look", () => {
  const events = [error("preview failed"), step("read", "failed")];
  const preview = printed("preview", events, { ok: false });
  expect(preview).toContain("error: preview failed");
  expect(preview).toContain("would fail to read");
  expect(preview).toMatch(/The preview failed\. Nothing was done\. See the errors above\.\n$/);
  for (const [operation, name] of [["up", "update"] as const, ["destroy", "destroy"] as const]) {
    const text = printed(operation, [error("update failed"), error("update canceled")], { ok: false });
    expect(text).toContain(`error: ${name} failed\n    error: ${name} canceled\n`);
    expect(text).toContain(`The ${name} failed. The state records what was done. See the errors above.`);
  }
  expect(printed("refresh", [error("update failed", urn("wall"))])).toContain("wall: error: update failed");
});

test("what was stopped, and in which nothing failed, says so", () => {
  const diagnostics = [{ urn: "", severity: "error" as const, message: "update canceled" }];
  const stopped = printed("destroy", [step("delete", "end")], { ok: false, diagnostics });
  expect(stopped).toMatch(/The destroy was stopped\. The state records what was done\. Run it again to continue\.\n$/);
  const failed = printed("destroy", [step("delete", "failed")], { ok: false, diagnostics });
  expect(failed).toContain("The destroy failed. The state records what was done. See the errors above.");
});

test("what failed is counted, each resource once", () => {
  const events = [step("delete", "failed", "one"), error("no", urn("one")), error("no", urn("two")), error("no")];
  expect(printed("destroy", events, { ok: false })).toContain("Resources:\n       2 failed\n");
  expect(printed("destroy", [])).toContain("Resources:\n    none\n");
});

test("a refresh ends each resource that it began with what was found", () => {
  const found: ResourceOp[] = ["same", "update", "delete"];
  const events = found.flatMap((op) => [step("refresh", "begin", op), step(op, "end", op), step("refresh", "end", op)]);
  const lines = printed("refresh", events).split("\n");
  expect(lines.slice(0, 6)).toEqual([
    " ~  C same refreshing",
    "    C same unchanged",
    " ~  C update refreshing",
    " ~  C update updated",
    " ~  C delete refreshing",
    " -  C delete deleted",
  ]);
});

test("a refresh before something else ends as well, and what stays the same there is no news", () => {
  const events = [step("refresh", "begin"), step("refresh", "end"), step("same", "begin"), step("same", "end")];
  expect(printed("up", events).split("\n").slice(0, 3)).toEqual([" ~  C wall refreshing", " ~  C wall refreshed", ""]);
});

test("on a terminal a resource's row keeps its name while it tells what it waits for", () => {
  const waits: EngineEvent = {
    type: "diagnostic",
    severity: "info",
    message: "waits until it has stopped",
    urn: urn("wall"),
    ephemeral: true,
  };
  const text = printed("destroy", [step("delete", "begin"), waits, step("delete", "end")], {}, true);
  expect(text).toContain(" -  C wall deleting  waits until it has stopped\n");
  // When it has ended, the row is erased, and a line takes its place.
  expect(text).toContain("\x1b[1F\x1b[J -  C wall deleted\n");
});

test("on a terminal the name of a session stays when its create fails, and those of the stack when all has failed", () => {
  const said = (message: string, about: string): EngineEvent => {
    return { type: "diagnostic", severity: "info", message, urn: about, ephemeral: true };
  };
  const events = [step("create", "begin"), said("session wall--1", urn("wall")), said("sessions hall--2, wall--3", "")];
  events.push(said("session pool--4", ""));
  const text = printed("up", [...events, step("create", "failed")], { ok: false }, true);
  expect(text).toContain("    the stack  sessions hall--2, wall--3\n");
  expect(text).toContain("\x1b[J    wall: session wall--1\n");
  expect(text).toContain("\x1b[J    the stack: sessions hall--2, wall--3; session pool--4\n");
  expect(printed("up", [...events, step("create", "end")], {}, true)).not.toContain("the stack: ");
  expect(printed("up", [...events, said("", ""), step("create", "failed")], { ok: false }, true)).not.toContain(
    "the stack: ",
  );
});

test("a line that clears a row is no line of a log", () => {
  const clears: EngineEvent = { type: "diagnostic", severity: "info", message: "", urn: urn("wall"), ephemeral: true };
  expect(printed("up", [clears, step("create", "end")]).split("\n")[0]).toBe(" +  C wall created");
});

test.each<[Record<string, string>, boolean]>([
  [{}, true],
  [{ NO_COLOR: "1" }, false],
  [{ NO_COLOR: "" }, true],
  [{ TERM: "dumb" }, false],
  [{ CI: "true" }, false],
  [{ FORCE_COLOR: "0" }, false],
  [{ FORCE_COLOR: "false" }, false],
  [{ FORCE_COLOR: "", NO_COLOR: "1" }, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  [{ FORCE_COLOR: "3", TERM: "dumb" }, true],
  [{ FORCE_COLOR: "1", CI: "true" }, false],
])("with %j a terminal gets escape sequences: %j", (env, isExpected) => {
  const texts: string[] = [];
  const out = { isTTY: true, rows: 24, columns: 80, write: (text: string) => texts.push(text) };
  const display = createDisplay("up", out as unknown as NodeJS.WriteStream, { env });
  display.onEvent(step("create", "begin"));
  display.close();
  expect(texts.join("").includes("\x1b[")).toBe(isExpected);
});

test("FORCE_COLOR brings no escape sequences into a file", () => {
  const texts: string[] = [];
  const out = { isTTY: false, write: (text: string) => texts.push(text) };
  const display = createDisplay("up", out as unknown as NodeJS.WriteStream, { env: { FORCE_COLOR: "1" } });
  display.onEvent(step("create", "begin"));
  display.finish(WELL);
  expect(texts.join("")).not.toContain("\x1b");
});
