import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { runOperation } from "../../../sandbox/engine";
import {
  canLoop,
  loopText,
  PATIENCE_SECONDS,
  tellingArgs,
  watchForLoop,
} from "../../../sandbox/engine/process/print-loop";
import type { Child } from "../../../sandbox/engine/process/processes";
import { Stage } from "./support/stage";

/** A runner of which only the channel and the end are of interest. */
class Runner {
  readonly channel = new PassThrough();
  end = () => {};
  readonly accused: string[] = [];
  isReported = false;

  constructor() {
    const exited = new Promise<number>((settle) => {
      this.end = () => settle(1);
    });
    const child = { process: { stdio: [null, null, null, this.channel] }, exited } as unknown as Child;
    watchForLoop(
      child,
      () => this.isReported,
      (message) => this.accused.push(message),
    );
  }

  async tell(message: string): Promise<void> {
    this.channel.write(`${JSON.stringify(message)}\n`);
    await jest.advanceTimersByTimeAsync(0);
  }

  seconds(count: number): Promise<void> {
    return jest.advanceTimersByTimeAsync(count * 1_000);
  }
}

describe("the watch", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test("a runner that neither reports an uncaught error nor ends is accused once, with the error", async () => {
    const runner = new Runner();
    await runner.tell("boom");
    await runner.tell("another");
    await runner.seconds(PATIENCE_SECONDS - 1);
    expect(runner.accused).toEqual([]);
    await runner.seconds(PATIENCE_SECONDS);
    expect(runner.accused).toEqual(["boom"]);
  });

  const INNOCENT: Record<string, (runner: Runner) => Promise<void>> = {
    "a program that only takes long": async () => {},
    "an error that is reported late": async (runner) => {
      await runner.tell("boom");
      await runner.seconds(PATIENCE_SECONDS - 2);
      runner.isReported = true;
    },
    "an error that was reported before, and is met again": async (runner) => {
      runner.isReported = true;
      await runner.tell("boom");
    },
    "a runner that ends": async (runner) => {
      await runner.tell("boom");
      runner.end();
    },
  };
  test.each(Object.keys(INNOCENT))("%s is not accused", async (name) => {
    const runner = new Runner();
    await INNOCENT[name]?.(runner);
    await runner.seconds(10 * PATIENCE_SECONDS);
    expect(runner.accused).toEqual([]);
  });
});

test.each([
  ["v20.20.2", true],
  ["v22.0.0", false],
  ["v26.10.0", false],
])("Node %s is watched: %s", (node, isWatched) => {
  expect(canLoop(node)).toBe(isWatched);
  expect(tellingArgs(node)).toHaveLength(isWatched ? 1 : 0);
});

test("an error that is thrown in Pulumi's own files ends the operation, and its message is told", async () => {
  const stage = new Stage();
  try {
    writeFileSync(
      join(stage.project, "index.js"),
      `require("@pulumi/pulumi").output(1).apply(() => { throw new Error("boom"); });`,
    );
    const { project: cwd, stateFile, env } = stage;
    const { ok, diagnostics } = await runOperation({ operation: "up", cwd, stateFile, env });
    expect(ok).toBe(false);
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    expect(errors.join("\n")).toContain(canLoop(process.version) ? loopText("boom") : "Error: boom");
  } finally {
    stage.remove();
  }
});
