import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Environment,
  type OperationName,
  type Place,
  type Running,
  type RunOptions,
  type RunResult,
  type StackEngine,
  type Step,
  stepsNamed,
} from "./engine";
import { runCommand, startCommand } from "./processes";

/** The version of the Pulumi CLI on the PATH, where there is one. */
export function findPulumi(): string | undefined {
  const found = spawnSync("pulumi", ["version"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** The real CLI, with everything of its own in the scratch folder. */
export class PulumiEngine implements StackEngine {
  readonly name = "pulumi";
  private ready: Promise<unknown> | undefined;
  private runs = 0;

  constructor(private readonly place: Place) {}

  async run(operation: OperationName, options: RunOptions = {}): Promise<RunResult> {
    this.runs += 1;
    const events = join(this.place.scratch, `events-${this.runs}.json`);
    // The hidden option for a log of events is there only when debugging commands are asked for.
    const env = { ...options.env, PULUMI_DEBUG_COMMANDS: "true" };
    const { ok, log } = await this.command([...argumentsFor(operation, options), "--event-log", events], env);
    const seen = existsSync(events) ? readFileSync(events, "utf8").trim().split("\n") : [];
    // The CLI's own debugging lines hold whole resources, secrets and all.
    rmSync(events, { force: true });
    const parsed = seen.filter((line) => line !== "").map((line) => JSON.parse(line) as CliEvent);
    return { ok, log, progress: progressOf(parsed), steps: stepsOf(parsed) };
  }

  async start(operation: OperationName, options: RunOptions = {}): Promise<Running> {
    await this.prepare();
    const args = [...argumentsFor(operation, options), "--stack", this.place.stack];
    return startCommand("pulumi", args, this.place.directory, this.environment(options.env));
  }

  async exportText(): Promise<string> {
    const { ok, stdout, log } = await this.command(["stack", "export"]);
    if (!ok) {
      throw new Error(log);
    }
    return stdout;
  }

  async importText(text: string): Promise<void> {
    const file = join(this.place.scratch, "import.json");
    writeFileSync(file, text);
    const { ok, log } = await this.command(["stack", "import", "--file", file]);
    if (!ok) {
      throw new Error(log);
    }
  }

  async unlock(): Promise<void> {
    await this.command(["cancel", "--yes"]);
  }

  /** Any command of the CLI on this stack. */
  async command(args: string[], env: Environment = {}) {
    await this.prepare();
    const all = [...args, "--stack", this.place.stack];
    return runCommand("pulumi", all, this.place.directory, this.environment(env));
  }

  /** The environment of every command. */
  environment(env: Environment = {}): Environment {
    return {
      ...this.place.env,
      PULUMI_HOME: join(this.place.scratch, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.place.scratch, "backend")}`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    };
  }

  private prepare(): Promise<unknown> {
    const { scratch, directory, stack } = this.place;
    if (this.ready === undefined) {
      mkdirSync(join(scratch, "backend"), { recursive: true });
      const args = ["stack", "select", "--create", stack, "--non-interactive"];
      this.ready = runCommand("pulumi", args, directory, this.environment());
    }
    return this.ready;
  }
}

function argumentsFor(operation: OperationName, { refresh, parallel, args = [] }: RunOptions): string[] {
  return [
    operation,
    "--non-interactive",
    ...(operation === "preview" ? [] : ["--yes", "--skip-preview"]),
    ...(refresh ? ["--refresh"] : []),
    ...(parallel === undefined ? [] : ["--parallel", String(parallel)]),
    ...args,
  ];
}

/** What is used of the CLI's events. */
interface CliEvent {
  diagnosticEvent?: { message: string; severity: string; ephemeral?: boolean };
  resOutputsEvent?: { metadata: { op: string; urn: string } };
}

function progressOf(events: CliEvent[]): string[] {
  return events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.ephemeral && diagnosticEvent.severity !== "debug" ? [diagnosticEvent.message.trimEnd()] : [],
  );
}

function stepsOf(events: CliEvent[]): Step[] {
  return stepsNamed(events.flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : [])));
}
