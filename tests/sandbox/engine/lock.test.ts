import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { lock } from "../../../sandbox/engine/state/lock";
import { until } from "../../support/until";

let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "locks-"));
  state = join(folder, "state.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DEAD = 4_194_304;
const host = hostname();
const isLinux = process.platform === "linux";
const another: [string, unknown] = [
  "an earlier process of an id that is another's by now",
  { pid: process.ppid, host, started: "boot 1" },
];
const ofAnother = isLinux ? [another] : [];
const hold = (holder: unknown) =>
  writeFileSync(`${state}.lock`, typeof holder === "string" ? holder : JSON.stringify(holder));

test.each<[string, unknown]>([
  ["a process that has ended", { pid: DEAD, host }],
  ["an earlier process of this very id, as in a container", { pid: process.pid, host }],
  ["nobody: nonsense", "{"],
  ["nobody: empty", ""],
  ["nobody: another shape", [1]],
  ["nobody: null", "null"],
  ...ofAnother,
])("the lock of %s is taken over, and said to be", (_what, holder) => {
  hold(holder);
  const said: string[] = [];
  const release = lock(state, (message) => said.push(message));
  expect(said).toEqual([expect.stringMatching(/^The lock of process .* was taken over\.$/)]);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each<[string, unknown]>([
  ["a process at work", { pid: process.ppid, host }],
  ["a process on another machine", { pid: DEAD, host: "elsewhere" }],
])("the lock of %s is not", (_what, holder) => {
  hold(holder);
  expect(() => lock(state, () => {})).toThrow(
    /^Another operation works on this stack: process \d+ on .* Nothing was done\./,
  );
  expect(readdirSync(folder)).toEqual(["state.json.lock"]);
});

(isLinux ? test : test.skip)("a process that was killed, and whose parent has not noticed, has ended", async () => {
  const parent = spawn("/bin/sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [pid] = await once(parent.stdout, "data");
    // The shell reaps its children; what it has become by then does not.
    await until("the shell is a sleep", () => readFileSync(`/proc/${parent.pid}/comm`, "utf8") === "sleep\n");
    process.kill(Number(pid), "SIGKILL");
    await until("its child is a zombie", () => readFileSync(`/proc/${Number(pid)}/stat`, "utf8").includes(") Z "));
    hold({ pid: Number(pid), host });
    lock(state, () => {})();
  } finally {
    parent.kill("SIGKILL");
  }
});

test("one operation at a time, also of one process; then the next", () => {
  const release = lock(state, () => {});
  expect(() => lock(state, () => {})).toThrow("Another operation works on this stack");
  release();
  lock(state, () => {})();
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock that was removed by hand, and is another operation's by now, is left alone", () => {
  const release = lock(state, () => {});
  hold({ pid: process.ppid, host });
  release();
  expect(readdirSync(folder)).toEqual(["state.json.lock"]);
});

test("a folder that vanishes with the lock in it does no harm", () => {
  const release = lock(state, () => {});
  rmSync(folder, { recursive: true });
  expect(release).not.toThrow();
});

test.each([
  ["a file is in the place of the folder", () => join(state, "deeper", "state.json")],
  ["a folder is in the place of the lock's first copy", () => state],
])("a lock that cannot be made, because %s, is an error in a sentence, and leaves nothing", (_what, path) => {
  if (path() === state) {
    mkdirSync(`${state}.lock.${process.pid}`);
  } else {
    writeFileSync(state, "");
  }
  const before = readdirSync(folder);
  expect(() => lock(path(), () => {})).toThrow(/^The lock .* cannot be made: E.*\. Nothing was done\. Make sure/);
  expect(readdirSync(folder)).toEqual(before);
});
