import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
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

/** Calls back when a step for a resource of this name begins. */
function whenBegun(name: string, body: () => void) {
  return (event: EngineEvent) => {
    if (event.type === "resource" && event.phase === "begin" && event.urn.endsWith(`::${name}`)) {
      setImmediate(body);
    }
  };
}

function namesInState(): (string | undefined)[] {
  return (stage.readState().deployment.resources ?? []).map((each) => each.urn.split("::").at(-1));
}

const SLOW = {
  resources: [widget("slow", { gate: "go" }), widget("next", { of: output("slow", "id") })],
};

test("after the first interruption what is under way is let finish, and nothing else begins", async () => {
  stage.declare(SLOW);
  const controller = new AbortController();
  const onEvent = whenBegun("slow", () => {
    controller.abort();
    stage.open("go");
  });
  const { ok, diagnostics } = await run("up", { signal: controller.signal, onEvent });
  expect(ok).toBe(false);
  expect(diagnostics.map((each) => each.message)).toContain("update canceled");
  expect(namesInState()).toContain("slow");
  expect(namesInState()).not.toContain("next");
  expect(stage.readState().deployment.pending_operations).toBeUndefined();
});

test("after the second it stays on record as pending; the next up warns, and a refresh leaves creates on record", async () => {
  stage.declare(SLOW);
  const killer = new AbortController();
  const { ok } = await run("up", { killSignal: killer.signal, onEvent: whenBegun("slow", () => killer.abort()) });
  expect(ok).toBe(false);
  expect(namesInState()).not.toContain("slow");
  expect(stage.readState().deployment.pending_operations).toMatchObject([
    { type: "creating", resource: { inputs: { gate: "go", tag: "default" } } },
  ]);
  stage.open("go");
  const again = await run("up");
  expect(again.ok).toBe(true);
  expect(again.diagnostics.map((each) => each.message).join()).toContain("slow, interrupted while creating");
  await run("refresh");
  expect(stage.readState().deployment.pending_operations).toHaveLength(1);
});

test.each([
  ["up", false, ["warning"], 1],
  ["destroy", false, ["warning"], 1],
  ["refresh", false, ["info"], 1],
  ["up", true, ["warning"], 1],
  ["refresh", true, ["info"], 0],
  ["preview", true, [], 1],
] as const)(
  "of a create that was cut off, %s with clearing %s tells %j, and leaves %i",
  async (operation, clears, told, left) => {
    stage.declare(SLOW);
    const killer = new AbortController();
    await run("up", { killSignal: killer.signal, onEvent: whenBegun("slow", () => killer.abort()) });
    stage.open("go");
    const { ok, diagnostics } = await run(operation, { clearPendingCreates: clears });
    expect(ok).toBe(true);
    const about = diagnostics.filter(({ message }) => message.includes("slow, interrupted while creating"));
    expect(about.map(({ severity }) => severity)).toEqual(told);
    if (left > 0) {
      for (const { message } of about) {
        expect(message).toContain("`destroy` does not find, because the state does not record it");
        expect(message).toContain("`sandbox refresh --clear-pending-creates`");
      }
    }
    expect(stage.readState().deployment.pending_operations ?? []).toHaveLength(left);
  },
);

test("two operations do not work on one state at the same time; a preview may look", async () => {
  stage.declare(SLOW);
  const others: Promise<unknown>[] = [];
  const onEvent = whenBegun("slow", () => {
    others.push(expect(run("destroy")).rejects.toThrow("Another operation is running on this stack"));
    others.push(run("preview").then(({ ok }) => expect(ok).toBe(true)));
    Promise.allSettled(others).then(() => stage.open("go"));
  });
  expect((await run("up", { onEvent })).ok).toBe(true);
  await Promise.all(others);
});

test("the lock of a process that has died is taken over, and said to be", async () => {
  const dead = 4_194_304;
  writeFileSync(`${stage.stateFile}.lock`, JSON.stringify({ pid: dead, host: hostname() }));
  const { ok, diagnostics } = await run("refresh");
  expect(ok).toBe(true);
  expect(diagnostics[0]?.message).toContain(`Took over the lock of process ${dead}`);
});

test("as many resources at a time as asked for, and no more", async () => {
  const names = ["a", "b", "c", "d"];
  stage.declare({ resources: names.map((name) => widget(name)) });
  expect((await run("up")).ok).toBe(true);
  stage.declare({ resources: [] });
  let atOnce = 0;
  let most = 0;
  const onEvent = (event: EngineEvent) => {
    if (event.type === "resource" && event.op === "delete" && event.phase !== "failed") {
      atOnce += event.phase === "begin" ? 1 : -1;
      most = Math.max(most, atOnce);
    }
  };
  expect((await run("up", { parallel: 2, onEvent })).ok).toBe(true);
  expect(most).toBe(2);
});
