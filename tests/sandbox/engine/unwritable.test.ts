import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type EngineEvent, type OperationOptions, runOperation } from "../../../sandbox/engine";
import { output, widget } from "./support/scenario";
import { Stage } from "./support/stage";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

function run(operation: OperationOptions["operation"], more: Partial<OperationOptions> = {}) {
  const { project: cwd, stateFile, env } = stage;
  return runOperation({ operation, cwd, stateFile, env, ...more });
}

/** Nothing can be written any more: as with a full disk, but also for root. */
const block = () => mkdirSync(`${stage.stateFile}.tmp`);
const unblock = () => rmdirSync(`${stage.stateFile}.tmp`);

/** Returns when the provider is at work on its first create, which waits for the gate `go`. */
async function atWork(): Promise<void> {
  const log = join(stage.cloud, "calls.log");
  while (!existsSync(log) || !readFileSync(log, "utf8").includes('"create"')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const errorsOf = ({ diagnostics }: Awaited<ReturnType<typeof run>>) =>
  diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
const locks = () => readdirSync(stage.root).filter((name) => name.includes(".lock"));

const SLOW = { resources: [widget("slow", { gate: "go" }), widget("next", { of: output("slow", "id") })] };

test("where nothing can be written, nothing is begun", async () => {
  stage.declare(SLOW);
  block();
  const result = await run("up");
  expect([result.ok, result.isSaved]).toEqual([false, false]);
  expect(stage.calls().filter(({ call }) => call === "create")).toEqual([]);
  expect(errorsOf(result).filter((each) => each.includes("Could not write the state to"))).toHaveLength(1);
  expect(errorsOf(result).at(-1)).toMatch(/lacks the last changes, but it records every resource/);
  expect(locks()).toEqual([]);
});

test("what was under way is let finish, is named by URN and id, and nothing else begins", async () => {
  stage.declare(SLOW);
  const running = run("up");
  await atWork();
  block();
  stage.open("go");
  const before = await running;
  expect([before.ok, before.isSaved]).toEqual([false, false]);
  expect(errorsOf(before).at(-1)).toMatch(
    /^These resources exist, but the state does not record them:\n {2}\* urn:[^\n]*::slow \(id w1\)\nThey may cost money/,
  );
  expect(stage.calls().filter(({ call }) => call === "create")).toHaveLength(1);
  expect(locks()).toEqual([]);
  // What the file holds still names what was begun.
  unblock();
  expect(stage.readState().deployment.pending_operations).toMatchObject([{ type: "creating" }]);
});

test.each(["refresh", "destroy"] as const)("a %s that cannot write ends in order too", async (operation) => {
  stage.declare({ resources: [widget("a"), widget("b")] });
  await run("up");
  if (operation === "refresh") {
    stage.drift("w1", { tag: "other" });
  }
  block();
  const result = await run(operation);
  expect([result.ok, result.isSaved]).toEqual([false, false]);
  expect(errorsOf(result).filter((each) => each.includes("Could not write the state to"))).toHaveLength(1);
  expect(errorsOf(result).at(-1)).toMatch(/lacks the last changes, but it records every resource/);
  expect(stage.widget("w1")).toBeDefined();
  expect(locks()).toEqual([]);
  unblock();
  expect((await run("destroy")).ok).toBe(true);
  expect(stage.widget("w1")).toBeUndefined();
});

test("where there is room again before the end, the state holds all that was done", async () => {
  stage.declare({ resources: [widget("first", { gate: "go" }), widget("second", { gate: "later" })] });
  const onEvent = (event: EngineEvent) => {
    if (event.type === "diagnostic" && event.message.includes("Could not write the state to")) {
      unblock();
      stage.open("later");
    }
  };
  const running = run("up", { onEvent });
  await atWork();
  block();
  stage.open("go");
  const result = await running;
  expect([result.ok, result.isSaved]).toEqual([false, true]);
  expect(result.diagnostics.map(({ message }) => message).join("\n")).toContain("The state records all that was done");
  const names = (stage.readState().deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1));
  expect(names).toContain("first");
  expect(names.includes("second")).toBe(stage.widget("w2") !== undefined);
});

test("a folder that vanishes is made again, with all that was done", async () => {
  stage.declare({ resources: [widget("slow", { gate: "go" })] });
  const stateFile = join(stage.root, "chosen", "state.json");
  const running = run("up", { stateFile });
  await atWork();
  rmSync(dirname(stateFile), { recursive: true });
  stage.open("go");
  expect((await running).isSaved).toBe(true);
  expect(readFileSync(stateFile, "utf8")).toContain("::slow");
  expect(readdirSync(dirname(stateFile))).toEqual(["state.json"]);
});

test("a state behind a link is written where it points, under one lock, and keeps its mode", async () => {
  stage.declare(SLOW);
  const link = join(stage.root, "link.json");
  symlinkSync("state.json", link);
  chmodSync(stage.stateFile, 0o640);
  const running = run("up", { stateFile: link });
  await atWork();
  await expect(run("destroy")).rejects.toThrow("Another operation is running on this stack");
  stage.open("go");
  expect((await running).ok).toBe(true);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(statSync(stage.stateFile).mode & 0o777).toBe(0o640);
  expect((await run("destroy")).ok).toBe(true);
  expect(stage.widget("w1")).toBeUndefined();
  expect(existsSync(`${link}.key`)).toBe(false);
});

test("a proxy of the environment gets nothing of what is said on this machine, and stays for all else", async () => {
  stage.declare({ resources: [widget("a")] });
  const proxy = "http://127.0.0.1:9";
  const env = { ...stage.env, http_proxy: proxy, https_proxy: proxy, grpc_proxy: proxy, no_proxy: "corp.example" };
  expect((await run("up", { env })).ok).toBe(true);
  expect((await run("destroy", { env: { ...env, no_grpc_proxy: "*" } })).ok).toBe(true);
});
