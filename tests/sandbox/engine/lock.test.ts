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
function holderOfParent(): unknown {
  const stat = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return { pid: process.ppid, host, started: `${boot} ${ticks}` };
}
function errorOf(attempt: () => void): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}
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
  expect(said).toEqual([
    expect.stringMatching(/^Took over the lock of process .*, which ended without releasing it\.$/),
  ]);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

const OPERATION_RUNS = /^Another operation is running on this stack: process \d+ on .* Nothing was done\./;
const STOP_IT = `stop it with Ctrl-C or \`kill -INT ${process.ppid}\``;
const DELETE_IT = "delete the lock file";

test.each<[string, unknown, { says: string[]; saysNot: string[] }]>([
  // The lock does not tell when its process began, so its id may be another process's by now.
  ["a process at work", { pid: process.ppid, host }, { says: [STOP_IT, DELETE_IT], saysNot: [] }],
  ["a process on another machine", { pid: DEAD, host: "elsewhere" }, { says: [DELETE_IT], saysNot: ["kill"] }],
  ...(isLinux
    ? ([["a process that is surely the lock's", holderOfParent(), { says: [STOP_IT], saysNot: [DELETE_IT] }]] as [
        [string, unknown, { says: string[]; saysNot: string[] }],
      ])
    : []),
])("the lock of %s is not, and the advice fits", (_what, holder, { says, saysNot }) => {
  hold(holder);
  const message = errorOf(() => lock(state, () => {}));
  expect(message).toMatch(OPERATION_RUNS);
  for (const text of says) {
    expect(message).toContain(text);
  }
  for (const text of saysNot) {
    expect(message).not.toContain(text);
  }
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
  expect(() => lock(state, () => {})).toThrow("this process already runs one");
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
  expect(() => lock(path(), () => {})).toThrow(/^Could not create the lock .*: E.*\. Nothing was done\. Make sure/);
  expect(readdirSync(folder)).toEqual(before);
});
