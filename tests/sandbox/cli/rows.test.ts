import { createDisplay } from "../../../cli/display/choose";
import { columnsOf } from "../../../cli/display/text";
import { progress, said, step, WELL } from "./support/events";
import { Screen } from "./support/screen";

const WAITS = "waiting until it has stopped … 8s (8s of 10m)";

function start(columns: number, rows = 24) {
  const screen = new Screen(columns, rows);
  const display = createDisplay("destroy", screen.stream, { env: {} });
  return { screen, display };
}

function begin({ display }: ReturnType<typeof start>, names: string[], message = WAITS): void {
  for (const name of names) {
    display.onEvent(step("delete", "begin", name));
    display.onEvent(progress(message, name));
  }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `wall-${i}`);
}

test.each([
  [100, "wall", WAITS, ` -  StreamMonitor wall deleting  ${WAITS}`],
  [72, "wall", WAITS, ` -  StreamMonitor wall  ${WAITS}`],
  [60, "wall", WAITS, ` -  wall  ${WAITS}`],
  [60, "a-wall-of-all-cameras", WAITS, " -  a-wall-of-all-came…  waiting until it h… 8s (8s of 10m)"],
  [40, "a-wall-of-all-cameras", WAITS, " -  a-wall-of-al…  waiting until it ha…"],
  [40, "wall", "resting for a while until it is over", " -  wall  resting for a while until it…"],
  [60, "直播间监控墙", WAITS, " -  直播间监控墙  waiting until it has stop… 8s (8s of 10m)"],
  [60, "wall", "\x1b[2Jwaiting\nfor\tthe cloud", " -  StreamMonitor wall deleting  waiting for the cloud"],
  [60, "wall\x1b[9A", "waiting", " -  StreamMonitor wall deleting  waiting"],
])("at %i columns %j with %j is one row", (columns, name, message, expected) => {
  const started = start(columns);
  begin(started, [name], message);
  expect(started.screen.visible).toEqual([expected, ""]);
  expect(started.screen.faults).toEqual([]);
});

test.each([0, 1, 10, 33, 59, 60, 80, 200])("at %i columns no row wraps", (columns) => {
  const started = start(columns);
  begin(started, ["wall", "直播间监控墙🎥🎥", "x".repeat(300)], `等待 ${"🎥".repeat(60)} … 8s (8s of 10m)`);
  started.display.onEvent(progress(`sessions ${numbered(40).join(", ")}`));
  started.display.notice("What was begun is let finish.");
  const width = columns || 80;
  for (const line of started.screen.all) {
    expect(columnsOf(line)).toBeLessThanOrEqual(width === 1 ? 1 : width - 1);
  }
});

test("all rows have the same form", () => {
  const started = start(60);
  begin(started, ["wall"], "waiting");
  begin(started, ["hall"], WAITS);
  expect(started.screen.visible).toEqual([" -  wall  waiting", ` -  hall  ${WAITS}`, ""]);
});

test.each([3, 4, 10, 24])("on %i lines 40 resources leave room, and are counted", (rows) => {
  const started = start(80, rows);
  begin(started, numbered(40));
  const shown = started.screen.all.filter((line) => line.includes("wall-")).length;
  expect(started.screen.all.length).toBeLessThanOrEqual(rows);
  expect(started.screen.visible).toContain(`    … and ${40 - shown} more`);
  for (const name of numbered(40)) {
    started.display.onEvent(step("delete", "end", name));
  }
  started.display.finish(WELL);
  expect(started.screen.all.filter((line) => line.endsWith("deleted"))).toHaveLength(40);
  expect(started.screen.all.join("\n")).not.toContain("waiting");
  expect(started.screen.faults).toEqual([]);
});

test.each([
  [100, 60],
  [60, 100],
  [100, 20],
  [33, 200],
])("from %i columns to %i nothing of before stays", (before, after) => {
  const started = start(before);
  started.display.onEvent(said("A line of before."));
  begin(started, numbered(5));
  started.screen.resize(after);
  expect(started.screen.all.filter((line) => line.startsWith(" - "))).toHaveLength(5);
  expect(started.screen.all[0]).toBe("    A line of before.".slice(0, after));
  started.display.finish(WELL);
  expect(started.screen.all.join("\n")).not.toContain(" -  ");
  expect(started.screen.listens).toBe(false);
});

test.each([1, 3, 40])("what Ctrl-C does stays visible below %i rows while others end, until the end", (count) => {
  const started = start(60, 20);
  const { screen, display } = started;
  const text = "Stopping: no new steps start, running ones finish. Press Ctrl-C again to end them at once.";
  begin(started, numbered(count));
  screen.write("^C");
  display.notice(text);
  const visible = () => screen.visible.join(" ").replaceAll(/\s+/g, " ");
  expect(visible()).toContain(text);
  expect(visible()).not.toContain("^C");
  for (const name of numbered(count)) {
    display.onEvent(progress("deleting … 9s (9s of 10m)", name));
    expect(visible()).toContain(text);
    display.onEvent(step("delete", "end", name));
    expect(visible()).toContain(text);
  }
  display.finish({ ...WELL, ok: false });
  expect(visible()).toContain(text.slice(0, 50));
  expect(screen.faults).toEqual([]);
});

test("after the second Ctrl-C no row stays, and nothing draws one again", () => {
  const started = start(80);
  const { screen, display } = started;
  begin(started, numbered(3));
  display.notice("Stops.");
  display.close();
  display.notice("Ends at once.");
  display.onEvent(progress(WAITS, "wall-1"));
  display.onEvent(step("delete", "failed", "wall-1"));
  display.finish({ ...WELL, ok: false });
  const text = screen.all.join("\n");
  expect(text).toMatch(/^Stops\.\nEnds at once\.\n - {2}StreamMonitor wall-1 deleting failed\n/);
  expect(text).not.toContain("waiting");
});

test.each([
  ["a delete", "delete", "waiting until it has stopped", false],
  ["an update", "update", "updating … 3s", false],
  ["a create", "create", "session shop--dev--wall--ab12cd34", true],
] as const)("when %s fails, its last progress is news only where it names a session", (_, op, message, stays) => {
  const { screen, display } = start(80);
  display.onEvent(step(op, "begin"));
  display.onEvent(progress(message, "wall"));
  display.onEvent(step(op, "failed"));
  display.onEvent(progress("too late", "wall"));
  display.finish({ ...WELL, ok: false });
  expect(screen.all.includes(`    wall: ${message}`)).toBe(stays);
  expect(screen.all.join("\n")).not.toContain("too late");
});

test("an error of many resources stands once in full", () => {
  const { screen, display } = start(80);
  for (const name of ["one", "two"]) {
    display.onEvent(said("There is no way to the cloud.", name, "error"));
  }
  display.onEvent(said("Another.", "two", "error"));
  expect(screen.all.slice(0, 3)).toEqual([
    "    one: error: There is no way to the cloud.",
    "    two: error: the same as one",
    "    two: error: Another.",
  ]);
});
