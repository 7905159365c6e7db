import { createDisplay } from "../../../cli/display/choose";
import { makeSecret, UNKNOWN } from "../../../sandbox/engine/wire/values";
import { progress, said, step, urnOf, WELL } from "./support/events";

function start(options: Parameters<typeof createDisplay>[2] = {}, isTTY = false) {
  const texts: string[] = [];
  const out = { isTTY, columns: 80, rows: 24, write: (text: string) => texts.push(text) };
  let now = 0;
  const display = createDisplay("destroy", out as unknown as NodeJS.WriteStream, {
    env: {},
    now: () => now,
    ...options,
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { display, pass, text: () => texts.join(""), lines: () => texts.join("").split("\n").slice(0, -1) };
}

test("a log of a wait of two minutes has a line each 30 s for a resource, and one for each change", () => {
  const { display, pass, lines } = start();
  const texts = [];
  for (let second = 1; second <= 120; second++) {
    pass(1_000);
    const phase = second <= 60 ? "waiting until it has stopped" : "waiting for its turn to call Delete";
    const time = second < 60 ? `${second}s` : `${Math.floor(second / 60)}m${second % 60}s`;
    texts.push(`    wall: ${phase} … ${time} (${time} of 10m)`);
    display.onEvent(progress(`${phase} … ${time} (${time} of 10m)`, "wall"));
  }
  expect(lines()).toEqual([texts[0], texts[30], texts[60], texts[90]]);
});

test("what goes to and fro between two kinds of progress is not told each time", () => {
  const { display, pass, lines } = start();
  for (let second = 1; second <= 30; second++) {
    pass(1_000);
    display.onEvent(progress(`${second % 2 === 0 ? "stopping" : "looking"} … ${second}s`, "wall"));
  }
  expect(lines()).toEqual(["    wall: looking … 1s", "    wall: stopping … 2s"]);
});

test("what stays on a row, and what concerns the stack, is never kept back", () => {
  const { display, lines } = start();
  const events = [progress("session 1"), progress("session 2"), said("try 1", "wall"), said("try 2", "wall")];
  for (const event of [...events, progress("try 3", "wall"), progress("try 3", "hall")]) {
    display.onEvent(event);
  }
  expect(lines()).toEqual(["    session 1", "    session 2", "    wall: try 1", "    wall: try 2", "    hall: try 3"]);
});

test.each([
  ["a terminal", true, {}, {}, true],
  ["a pipe", false, {}, {}, false],
  ["a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, {}, false],
  ["NO_COLOR", true, { NO_COLOR: "1" }, {}, false],
  ["an empty NO_COLOR", true, { NO_COLOR: "" }, {}, true],
  ["a dumb terminal", true, { TERM: "dumb" }, {}, false],
  ["xterm", true, { TERM: "xterm-256color" }, {}, true],
  ["CI", true, { CI: "true" }, {}, false],
  ["CI=1", true, { CI: "1" }, {}, false],
  ["CI=false", true, { CI: "false" }, {}, true],
  ["--color never", true, {}, { plain: true }, false],
  ["--json", true, {}, { json: true }, false],
])("escape sequences: %s", (_, isTTY, env, options, hasEscapes) => {
  const { display, text } = start({ env, ...options }, isTTY);
  display.onEvent(step("delete", "begin", "\x1b[31mred"));
  display.onEvent(progress("\x1b[2Jwaiting", "\x1b[31mred"));
  display.onEvent(said("\x1b]0;title\x07text \x9b2J", "\x1b[31mred", "error"));
  display.finish({ ...WELL, ok: false, outputs: { "\x1b[1mkey": "\x9b2J" } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is asked for
  expect(/[\x1b\x9b\x07]/.test(text())).toBe(hasEscapes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: only those that rows are drawn with
  expect(text().replaceAll(/\x1b\[\d+F|\x1b\[J/g, "")).not.toMatch(/[\x1b\x9b\x07]/);
});

test("an error of several lines stays together", () => {
  const { display, lines } = start();
  display.onEvent(said("It failed:\n  * one\n\n  * two\n", "wall", "error"));
  expect(lines()).toEqual(["    wall: error: It failed:", "      * one", "", "      * two"]);
});

test("JSON is one object on one line, when all is over", () => {
  const { display, text } = start({ json: true, stack: "pr-42" });
  const keys = ["status"];
  for (const event of [step("delete", "begin", "one"), step("delete", "begin", "two"), step("delete", "end", "one")]) {
    display.onEvent(event);
  }
  display.onEvent({ type: "resource", urn: urnOf("three"), op: "update", phase: "failed", keys });
  expect(text()).toBe("");
  const diagnostics = [{ severity: "error" as const, message: "no", urn: urnOf("three") }];
  display.finish({
    ok: false,
    isSaved: true,
    changes: { ...WELL.changes, delete: 1 },
    outputs: { id: "1" },
    diagnostics,
  });
  expect(text()).toMatch(/^\{.*\}\n$/);
  const about = (name: string) => ({ urn: urnOf(name), type: "pulumi-nodejs:dynamic/live:StreamMonitor", name });
  expect(JSON.parse(text())).toEqual({
    operation: "destroy",
    stack: "pr-42",
    ok: false,
    result: "failed",
    changes: { ...WELL.changes, delete: 1, failed: 1 },
    resources: [
      { ...about("one"), op: "delete", result: "done" },
      { ...about("two"), op: "delete", result: "unknown" },
      { ...about("three"), op: "update", result: "failed", keys },
    ],
    // Of what is being deleted they would be stale.
    outputs: {},
    diagnostics,
  });
});

test.each([
  [false, { key: "[secret]", list: ["[secret]"], id: "[unknown]", no: false }],
  [true, { key: "shut", list: [{ a: 1 }], id: "[unknown]", no: false }],
])("secret outputs are shown only when asked for: %s", (showSecrets, expected) => {
  const outputs = { key: makeSecret("shut"), list: [makeSecret({ a: 1 })], id: UNKNOWN, no: false };
  const texts: string[] = [];
  const out = { write: (text: string) => texts.push(text) } as unknown as NodeJS.WriteStream;
  createDisplay("up", out, { json: true, showSecrets }).finish({ ...WELL, outputs });
  expect(JSON.parse(texts.join("")).outputs).toEqual(expected);
  texts.length = 0;
  createDisplay("up", out, { showSecrets, env: {} }).finish({ ...WELL, outputs });
  expect(texts.join("").includes("shut")).toBe(showSecrets);
});

test("a stop in which nothing failed is told from a failure", () => {
  const diagnostics = [{ severity: "error" as const, message: "update canceled", urn: "" }];
  const { display, text } = start({ json: true });
  display.finish({ ...WELL, ok: false, diagnostics });
  expect(JSON.parse(text()).result).toBe("stopped");
});
