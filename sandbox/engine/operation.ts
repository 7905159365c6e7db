import { join, resolve } from "node:path";
import { deleteAll } from "./deletion";
import { Deployment, Halted } from "./deployment";
import { EngineError } from "./errors";
import type { Changes, Diagnostic, EngineEvent } from "./events";
import { goalOf, readGoalOf } from "./goal";
import { type MonitorHandler, MonitorServer } from "./monitor";
import { Plugins } from "./plugins";
import type { Child } from "./processes";
import { startProgram } from "./program";
import { loadProject, type Project } from "./project";
import { refreshAll } from "./refreshing";
import { Registrar } from "./registration";
import { type Snapshot, StateFile } from "./state";
import type { Values } from "./values";

export interface OperationOptions {
  operation: "preview" | "up" | "refresh" | "destroy";
  /** The folder of the Pulumi project. */
  cwd: string;
  /** @default "dev" */
  stack?: string;
  /** Where the state is kept, in the form of `pulumi stack export`. @default `.pulumi-sandbox/<stack>.json` in `cwd` */
  stateFile?: string;
  /** How many resources to work on at a time. @default 16 */
  parallel?: number;
  /** Refresh first; for preview, up and destroy. */
  refresh?: boolean;
  /** The environment of program and plugin. @default this process's */
  env?: Record<string, string | undefined>;
  onEvent?(event: EngineEvent): void;
  /** Aborted: no new steps are begun, those under way are let finish. */
  signal?: AbortSignal;
  /** Aborted: program and plugin are ended at once, and what was under way stays on record as pending. */
  killSignal?: AbortSignal;
}

export interface OperationResult {
  /** Whether all went well. */
  ok: boolean;
  changes: Changes;
  /** The stack's outputs; secrets are marked. */
  outputs: Values;
  diagnostics: Diagnostic[];
}

export function defaultStateFile(cwd: string, stack: string): string {
  return join(cwd, ".pulumi-sandbox", `${stack}.json`);
}

/**
 * Runs one operation on one stack: the program in Pulumi's own program runner, the resources in Pulumi's own plugin.
 *
 * @example
 * ```typescript
 * const { ok } = await runOperation({ operation: "up", cwd: "examples/quickstart" });
 * ```
 */
export async function runOperation(options: OperationOptions): Promise<OperationResult> {
  const run = new Run(options);
  return run.execute();
}

/** One operation, with its processes and servers. */
class Run {
  private readonly stack: string;
  private readonly cwd: string;
  private readonly env: Record<string, string | undefined>;
  private readonly stateFile: StateFile;
  private readonly project: Project;
  private program: Child | undefined;
  private deployment: Deployment | undefined;

  constructor(private readonly options: OperationOptions) {
    this.cwd = resolve(options.cwd);
    this.stack = options.stack ?? "dev";
    this.env = options.env ?? process.env;
    this.stateFile = new StateFile(resolve(options.stateFile ?? defaultStateFile(this.cwd, this.stack)), this.env);
    this.project = loadProject(this.cwd, this.stack, this.env, `${this.stateFile.path}.key`);
  }

  async execute(): Promise<OperationResult> {
    const release = this.stateFile.lock();
    const emit = (event: EngineEvent) => this.options.onEvent?.(event);
    let registrar: Registrar | undefined;
    let finish: () => void = () => {};
    const halted = new Promise<void>((settle) => {
      finish = settle;
    });
    const names = { stack: this.stack, project: this.project.name };
    const guarded = async <T>(body: (using: Registrar) => Promise<T>): Promise<T> => {
      try {
        return await body(registrar as Registrar);
      } catch (error) {
        if (!(error instanceof Halted) && (error as Error).message !== "") {
          this.deployment?.fail(error);
        }
        finish();
        // The program is not told: it waits until it is ended, and so reports nothing of its own.
        return new Promise<T>(() => {});
      }
    };
    const handler: MonitorHandler = {
      register: (request) => guarded((using) => using.register(goalOf(request, names, (urn) => using.aliasesOf(urn)))),
      read: (request) => guarded((using) => using.register(readGoalOf(request, names))),
      registerOutputs: (urn, outputs) => guarded(async () => this.registerOutputs(urn, outputs)),
      log: (severity, message, urn, ephemeral) => this.deployment?.diagnose(severity, message, urn, ephemeral),
      refuse: (error) => {
        this.deployment?.fail(error);
        finish();
      },
    };
    const server = await MonitorServer.start(handler);
    const plugins = new Plugins({
      programDirectory: this.project.programDirectory,
      engineAddress: server.address,
      env: this.env,
      project: this.project.name,
      stack: this.stack,
      onLine: (text) => this.deployment?.diagnose("info", text),
    });
    const onAbort = () => {
      if (this.deployment !== undefined) {
        this.deployment.cancelled = true;
      }
      finish();
    };
    const onKill = () => {
      this.deployment?.freeze();
      plugins.kill();
      this.program?.kill();
    };
    this.options.signal?.addEventListener("abort", onAbort);
    this.options.killSignal?.addEventListener("abort", onKill);
    try {
      const begin = (snapshot: Snapshot): Deployment => {
        const { stack, project, stateFile } = this;
        const { parallel = 16, operation } = this.options;
        const dryRun = operation === "preview";
        this.deployment = new Deployment({ project, stack, parallel, dryRun, stateFile, plugins, emit }, snapshot);
        registrar = new Registrar(this.deployment);
        return this.deployment;
      };
      const deployment = begin(this.stateFile.load());
      await this.perform(deployment, server.address, halted);
      return this.result(deployment);
    } finally {
      this.options.signal?.removeEventListener("abort", onAbort);
      this.options.killSignal?.removeEventListener("abort", onKill);
      await this.program?.stop();
      await plugins.stop();
      server.close();
      release();
    }
  }

  private async perform(deployment: Deployment, address: string, halted: Promise<void>): Promise<void> {
    const { operation, refresh } = this.options;
    try {
      if (operation === "refresh" || refresh) {
        await refreshAll(deployment);
      }
      if (operation === "destroy" && !deployment.halted) {
        await deleteAll(deployment, deployment.olds);
        deployment.checkpoint();
      } else if (operation !== "refresh" && !deployment.halted) {
        await this.runProgram(deployment, address, halted);
      }
    } catch (error) {
      if (!(error instanceof Halted)) {
        deployment.fail(error);
      }
    }
  }

  private async runProgram(deployment: Deployment, engineAddress: string, halted: Promise<void>): Promise<void> {
    const { project, stack, env, cwd: rootDirectory } = this;
    const { parallel = 16 } = this.options;
    const { dryRun } = deployment.options;
    const onLine = (text: string) => deployment.diagnose("info", text);
    this.program = startProgram({ project, stack, env, rootDirectory, engineAddress, dryRun, parallel, onLine });
    const code = await Promise.race([this.program.exited, halted.then(() => undefined)]);
    if (code === undefined) {
      await deployment.settled();
      return;
    }
    await deployment.settled();
    if (code !== 0) {
      throw new EngineError(`The program ended with exit code ${code}.`);
    }
    if (!deployment.halted) {
      await deleteAll(deployment, deployment.olds);
      deployment.checkpoint();
    }
  }

  private registerOutputs(urn: string, outputs: Values): void {
    const state = this.deployment?.news.find((each) => each.urn === urn);
    if (state !== undefined && this.deployment !== undefined) {
      this.deployment.exchange(state, { ...state, outputs });
      this.deployment.checkpoint();
    }
  }

  private result(deployment: Deployment): OperationResult {
    const root = [...deployment.news, ...deployment.olds].find((each) => each.type === "pulumi:pulumi:Stack");
    return {
      ok: !deployment.halted,
      changes: deployment.changes,
      outputs: root?.outputs ?? {},
      diagnostics: deployment.diagnostics,
    };
  }
}
