import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EngineEvent, runOperation } from "../../../sandbox/engine";
import {
  type OperationName,
  type Place,
  type Running,
  type RunOptions,
  type RunResult,
  type StackEngine,
  type Step,
  stepsNamed,
} from "./engine";
import { ROOT, SALT } from "./place";
import { startCommand } from "./processes";

/** The sandbox engine, in this process; program and plugin are processes of their own, as always. */
export class SandboxEngine implements StackEngine {
  readonly name = "sandbox";
  private readonly stateFile: string;

  constructor(private readonly place: Place) {
    this.stateFile = join(place.scratch, "state.json");
    writeFileSync(this.stateFile, EMPTY);
  }

  async run(operation: OperationName, options: RunOptions = {}): Promise<RunResult> {
    const { directory: cwd, stack, env } = this.place;
    const { refresh, parallel } = options;
    const seen: EngineEvent[] = [];
    try {
      const { ok, outputs } = await runOperation({
        operation,
        cwd,
        stack,
        stateFile: this.stateFile,
        env: { ...env, ...options.env },
        onEvent: (event) => seen.push(event),
        ...(refresh === undefined ? {} : { refresh }),
        ...(parallel === undefined ? {} : { parallel }),
      });
      const log = [...seen.map(lineOf), `Outputs: ${JSON.stringify(outputs, hideSecrets)}`].join("\n");
      return { ok, log, progress: progressOf(seen), steps: stepsOf(seen) };
    } catch (error) {
      const log = [...seen.map(lineOf), (error as Error).message].join("\n");
      return { ok: false, log, progress: progressOf(seen), steps: stepsOf(seen) };
    }
  }

  async start(operation: OperationName, options: RunOptions = {}): Promise<Running> {
    const { directory, stack, env } = this.place;
    const args = [join(ROOT, "cli", "bin.js"), "sandbox", operation, "--stack", stack, "--state", this.stateFile];
    return startCommand(process.execPath, args, directory, { ...env, ...options.env });
  }

  async exportText(): Promise<string> {
    return readFileSync(this.stateFile, "utf8");
  }

  async importText(text: string): Promise<void> {
    writeFileSync(this.stateFile, text);
  }

  /** Its lock names the process that holds it, so that a dead one keeps nobody out. */
  async unlock(): Promise<void> {
    if (!existsSync(this.stateFile)) {
      throw new Error("the state is lost");
    }
  }
}

/** An empty stack whose key is known: making a new one takes half a second. */
const EMPTY = JSON.stringify({
  version: 3,
  deployment: { secrets_providers: { type: "passphrase", state: { salt: SALT } }, resources: [] },
});

function lineOf(event: EngineEvent): string {
  return event.type === "diagnostic"
    ? `${event.severity}: ${event.message}`
    : `${event.op} ${event.phase} ${event.urn} ${event.keys?.join(",") ?? ""}`;
}

function progressOf(events: EngineEvent[]): string[] {
  return events.flatMap((event) => (event.type === "diagnostic" && event.ephemeral ? [event.message] : []));
}

function stepsOf(events: EngineEvent[]): Step[] {
  return stepsNamed(events.flatMap((event) => (event.type === "resource" && event.phase === "end" ? [event] : [])));
}

function hideSecrets(_key: string, value: unknown): unknown {
  const isSecret = typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
  return isSecret ? "[secret]" : value;
}
