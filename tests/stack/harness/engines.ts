import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EngineEvent, runOperation } from "../../../sandbox/engine";

export type OperationName = "preview" | "up" | "refresh" | "destroy";

export interface RunOptions {
  /** Refresh first. */
  refresh?: boolean;
  /** More for the environment of this one run; `undefined` takes something out. */
  env?: Record<string, string | undefined>;
  /** How many resources at a time. */
  parallel?: number;
  /** Called with every line of the log, as it comes. */
  onText?(text: string): void;
}

export interface RunResult {
  ok: boolean;
  /** Everything that a person would have seen. */
  log: string;
}

/** What a scenario needs of an engine. The same scenarios run on the sandbox's and on the real CLI. */
export interface StackEngine {
  readonly name: "sandbox" | "pulumi";
  run(operation: OperationName, options: RunOptions): Promise<RunResult>;
  /** The state as `pulumi stack export` writes it, secrets encrypted. */
  exportText(): Promise<string>;
  importText(text: string): Promise<void>;
}

export interface Place {
  /** The project's folder. */
  directory: string;
  /** For the state, `PULUMI_HOME` and the like. */
  scratch: string;
  stack: string;
  env: Record<string, string | undefined>;
}

export const PASSPHRASE = "scenario passphrase";
/** A salt of that passphrase. Making a key takes half a second, so all scenarios of a process share one. */
const SALT = "v1:r2pYcXk1Ysk=:v1:placeholder";

/** The real CLI's version, where there is one. */
export function findPulumi(): string | undefined {
  const found = spawnSync("pulumi", ["version"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

export function openEngine(place: Place): StackEngine {
  return process.env.STACK_ENGINE === "pulumi" ? new PulumiEngine(place) : new SandboxEngine(place);
}

let sharedSalt: string | undefined;

/** The sandbox engine, in this process; program and plugin are processes of their own, as always. */
export class SandboxEngine implements StackEngine {
  readonly name = "sandbox";
  readonly stateFile: string;

  constructor(private readonly place: Place) {
    this.stateFile = join(place.scratch, "state.json");
    if (sharedSalt !== undefined && !existsSync(this.stateFile)) {
      writeFileSync(this.stateFile, emptyState(sharedSalt));
    }
  }

  async run(operation: OperationName, { refresh, env, parallel, onText }: RunOptions): Promise<RunResult> {
    const lines: string[] = [];
    const onEvent = (event: EngineEvent) => {
      const text =
        event.type === "diagnostic"
          ? `${event.severity}: ${event.message}`
          : `${event.op} ${event.phase} ${event.urn} ${event.keys?.join(",") ?? ""}`;
      lines.push(text);
      onText?.(text);
    };
    const { directory: cwd, stack } = this.place;
    try {
      const { ok, outputs } = await runOperation({
        operation,
        cwd,
        stack,
        stateFile: this.stateFile,
        env: { ...this.place.env, ...env },
        onEvent,
        ...(refresh === undefined ? {} : { refresh }),
        ...(parallel === undefined ? {} : { parallel }),
      });
      lines.push(`Outputs: ${JSON.stringify(outputs, hideSecrets)}`);
      return { ok, log: lines.join("\n") };
    } catch (error) {
      return { ok: false, log: [...lines, (error as Error).message].join("\n") };
    } finally {
      sharedSalt ??= existsSync(this.stateFile) ? saltOf(readFileSync(this.stateFile, "utf8")) : undefined;
    }
  }

  async exportText(): Promise<string> {
    return existsSync(this.stateFile) ? readFileSync(this.stateFile, "utf8") : emptyState(SALT);
  }

  async importText(text: string): Promise<void> {
    writeFileSync(this.stateFile, text);
  }
}

/** The real CLI, with everything of its own in the scratch folder. */
export class PulumiEngine implements StackEngine {
  readonly name = "pulumi";
  private isReady = false;

  constructor(private readonly place: Place) {}

  async run(operation: OperationName, { refresh, env, parallel, onText }: RunOptions): Promise<RunResult> {
    const args: string[] = [operation, "--non-interactive", ...(operation === "preview" ? [] : ["--yes", "--skip-preview"])];
    if (refresh) {
      args.push("--refresh");
    }
    if (parallel !== undefined) {
      args.push("--parallel", String(parallel));
    }
    return this.pulumi(args, env, onText);
  }

  async exportText(): Promise<string> {
    const { log } = await this.pulumi(["stack", "export"]);
    return log;
  }

  async importText(text: string): Promise<void> {
    const file = join(this.place.scratch, "import.json");
    writeFileSync(file, text);
    const { ok, log } = await this.pulumi(["stack", "import", "--file", file]);
    if (!ok) {
      throw new Error(log);
    }
  }

  /** Any command of the CLI on this stack. */
  async pulumi(
    args: string[],
    env: Record<string, string | undefined> = {},
    onText?: (text: string) => void,
  ): Promise<RunResult> {
    if (!this.isReady) {
      this.isReady = true;
      mkdirSync(join(this.place.scratch, "backend"), { recursive: true });
      await this.execute(["stack", "select", "--create", this.place.stack, "--non-interactive"], {});
    }
    return this.execute([...args, "--stack", this.place.stack], env, onText);
  }

  /** The environment of every command, for tests that start one themselves. */
  environment(env: Record<string, string | undefined> = {}): Record<string, string | undefined> {
    return {
      ...this.place.env,
      PULUMI_HOME: join(this.place.scratch, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.place.scratch, "backend")}`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    };
  }

  private execute(
    args: string[],
    env: Record<string, string | undefined>,
    onText?: (text: string) => void,
  ): Promise<RunResult> {
    return new Promise((resolve) => {
      const child = spawn("pulumi", args, { cwd: this.place.directory, env: this.environment(env) });
      let log = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          log += text;
          onText?.(text);
        });
      }
      child.once("error", (error) => resolve({ ok: false, log: String(error) }));
      child.once("close", (code) => resolve({ ok: code === 0, log }));
    });
  }
}

function emptyState(salt: string): string {
  return JSON.stringify({
    version: 3,
    deployment: { secrets_providers: { type: "passphrase", state: { salt } }, resources: [], metadata: {} },
  });
}

function saltOf(text: string): string | undefined {
  return JSON.parse(text).deployment?.secrets_providers?.state?.salt;
}

function hideSecrets(_key: string, value: unknown): unknown {
  const isSecret = typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
  return isSecret ? "[secret]" : value;
}
