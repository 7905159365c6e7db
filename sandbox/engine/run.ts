import { resolve } from "node:path";
import type { Context } from "./apply/context";
import { Executor } from "./apply/executor";
import { Ledger } from "./apply/ledger";
import { Report } from "./apply/report";
import { EngineError } from "./errors";
import type { Changes, Diagnostic, EngineEvent } from "./events";
import { deleteOthers, keepNothing } from "./plan/deletion";
import { Planner } from "./plan/planner";
import { refreshAll } from "./plan/refreshing";
import { Registrations } from "./plan/registrations";
import { DYNAMIC } from "./process/plugin-process";
import { loopText, watchForLoop } from "./process/print-loop";
import type { Child } from "./process/processes";
import { FAILED_AND_SAID_SO, startProgram, strangePackage } from "./process/program";
import { defaultStateFile, findProjectFile, loadProject, type Project } from "./process/project";
import { Providers } from "./process/providers";
import { requireSupportedSdk } from "./process/versions";
import { lock } from "./state/lock";
import { requireOwnState } from "./state/own-state";
import { readState, StateFile } from "./state/state-file";
import { makeStateFolder, placeOf } from "./state/state-folder";
import { isStack } from "./urn";
import { MonitorServer } from "./wire/monitor";
import { makeSecret, type Values } from "./wire/values";

export interface OperationOptions {
  operation: "preview" | "up" | "refresh" | "destroy";
  /** The Pulumi project's folder, or one inside it. */
  cwd: string;
  /** @default "dev" */
  stack?: string;
  /** The state file, in the format of `pulumi stack export`. @default `.pulumi-sandbox/<stack>.json` beside Pulumi.yaml */
  stateFile?: string;
  /** The number of resources to work on at the same time. @default 16 */
  parallel?: number;
  /** Refresh first; for preview, up and destroy. */
  refresh?: boolean;
  /** Remove interrupted creates of an earlier operation from the state; for refresh. */
  clearPendingCreates?: boolean;
  /** The environment of program and plugin. @default `process.env` */
  env?: Record<string, string | undefined>;
  /** Configuration in addition to `Pulumi.<stack>.yaml`, by full key (`namespace:name`). */
  config?: Record<string, string | { secret: string }>;
  onEvent?(event: EngineEvent): void;
  /** When aborted, no new steps start and the running ones finish. */
  signal?: AbortSignal;
  /** When aborted, program and plugin end at once, and the state keeps the running steps as pending operations. */
  killSignal?: AbortSignal;
}

export interface OperationResult {
  /** Whether the operation succeeded. */
  ok: boolean;
  /** Whether the state records all that was done. */
  isSaved: boolean;
  changes: Changes;
  /** The stack's outputs; secrets are marked. */
  outputs: Values;
  diagnostics: Diagnostic[];
}

const PARALLEL = 16;
/** Time for the program to end in order after a kill. The plugin has as long as Pulumi gives it. */
const KILL_GRACE_MS = 1_000;

/**
 * Runs one operation on one stack, with the program in Pulumi's program runner and the resources in Pulumi's plugin.
 *
 * @example
 * ```typescript
 * const { ok } = await runOperation({ operation: "up", cwd: "examples/quickstart" });
 * ```
 */
export async function runOperation(options: OperationOptions): Promise<OperationResult> {
  const { operation, stack = "dev", env = process.env, onEvent } = options;
  const report = new Report((event) => onEvent?.(event));
  const isPreview = operation === "preview";
  const projectFile = findProjectFile(resolve(options.cwd));
  const place = placeOf(options.stateFile ?? defaultStateFile(options.cwd, stack));
  if (!isPreview && options.stateFile === undefined) {
    makeStateFolder(place.file);
  }
  // A preview needs no lock: it only reads, and the state file is replaced atomically.
  const release = isPreview ? () => {} : lock(place.file, (message) => report.diagnose("warning", message));
  try {
    const project = loadProject(projectFile, stack, env, place.keyFile);
    requireSupportedSdk(project.programDirectory);
    for (const [key, value] of Object.entries(options.config ?? {})) {
      project.config[key] = typeof value === "string" ? value : makeSecret(value.secret);
    }
    requireOwnState(place.file, readState(place.file), { stack, project: project.name });
    const { file, snapshot } = StateFile.open({ place, env, salt: project.salt, isReadOnly: isPreview });
    if (operation === "refresh" && options.clearPendingCreates) {
      snapshot.pendingOperations = report.cleared(snapshot.pendingOperations);
    }
    if (!isPreview) {
      const isLookedAt = operation === "refresh" || options.refresh === true;
      report.warnOfPending(snapshot.pendingOperations, isLookedAt);
    }
    const ledger = new Ledger(snapshot, file, isPreview, (error) => report.unwritable(error));
    return await new Run({ ...options, stack, env }, project, ledger, report).execute();
  } finally {
    release();
  }
}

/** Runs one operation, with its processes and servers. */
class Run {
  private program: Child | undefined;
  private isCancelled = false;
  private hasFailedStep = false;
  private stop = () => {};
  private readonly stopped = new Promise<void>((settle) => {
    this.stop = settle;
  });

  constructor(
    private readonly options: OperationOptions & { stack: string; env: Record<string, string | undefined> },
    private readonly project: Project,
    private readonly ledger: Ledger,
    private readonly report: Report,
  ) {}

  async execute(): Promise<OperationResult> {
    const { options, project, ledger, report } = this;
    const { signal, killSignal, env } = options;
    const monitor = await MonitorServer.start((...said) => report.diagnose(...said));
    const isPreview = options.operation === "preview";
    const { programDirectory, name } = project;
    const onLine = (text: string) => report.diagnose("info", text);
    const { plugins } = project;
    const plugin = { programDirectory, engineAddress: monitor.address, env, project: name, plugins, onLine };
    const providers = new Providers(plugin, isPreview);
    const context: Context = { ledger, report, providers, isPreview };
    const onAbort = () => {
      this.isCancelled = true;
      providers.cancel();
      this.stop();
    };
    const onKill = () => {
      onAbort();
      ledger.freeze();
      void this.program?.stop(KILL_GRACE_MS);
      void providers.stop();
    };
    signal?.addEventListener("abort", onAbort);
    killSignal?.addEventListener("abort", onKill);
    // Either signal may have been aborted before the listeners were added.
    if (signal?.aborted) {
      onAbort();
    }
    if (killSignal?.aborted) {
      onKill();
    }
    try {
      await this.perform(context, monitor);
      // If an earlier write failed, this one may succeed, for example after disk space was freed.
      const isSaved = await ledger.save();
      report.conclude(isSaved, ledger.unsaved);
      return this.result(isSaved);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      killSignal?.removeEventListener("abort", onKill);
      await this.program?.stop();
      await providers.stop();
      monitor.close();
    }
  }

  private async perform(context: Context, monitor: MonitorServer): Promise<void> {
    const { operation, refresh } = this.options;
    const { report } = this;
    try {
      if (operation === "refresh" || refresh) {
        const executor = this.executor(context, true);
        await refreshAll(context, executor, operation === "refresh");
      }
      if (operation !== "refresh" && report.ok && !this.isCancelled) {
        await (operation === "destroy"
          ? deleteOthers(context, this.executor(context), keepNothing())
          : this.runProgram(context, monitor));
      }
    } catch (error) {
      report.error(error instanceof Error ? error.message : String(error));
    }
    if (this.hasFailedStep || this.isCancelled) {
      const kind = context.isPreview ? "preview" : "update";
      report.error(`${kind} ${this.hasFailedStep ? "failed" : "canceled"}`);
    }
  }

  private executor(context: Context, goesOn = false): Executor {
    const { parallel = PARALLEL } = this.options;
    const executor = new Executor(
      {
        ...context,
        parallel,
        goesOn,
        onFailure: () => {
          this.hasFailedStep = true;
        },
      },
      () => this.stop(),
    );
    if (this.isCancelled) {
      executor.stop();
    }
    void this.stopped.then(() => executor.stop());
    return executor;
  }

  private async runProgram(context: Context, monitor: MonitorServer): Promise<void> {
    const { project, report, options } = this;
    const { stack, env, parallel = PARALLEL } = options;
    const { name, rootDirectory, config, plugins } = project;
    const names = { stack, project: name, rootDirectory, packages: [DYNAMIC, ...Object.keys(plugins)] };
    const executor = this.executor(context);
    const planner = new Planner(context, names);
    const registrations = new Registrations({ context, executor, planner, names, config });
    monitor.program = registrations;
    const { isPreview } = context;
    const onLine = (text: string) => report.diagnose("info", text);
    const engineAddress = monitor.address;
    this.program = startProgram({ project, stack, env, engineAddress, isPreview, parallel, onLine });
    const isReported = () => report.diagnostics.some(({ severity }) => severity === "error");
    watchForLoop(this.program, isReported, (message) => {
      report.error(loopText(message));
      this.stop();
    });
    const code = await Promise.race([this.program.exited, this.stopped]);
    await executor.idle();
    if (code === 0 && !executor.stopped) {
      this.requireOwnProgram(registrations);
      await deleteOthers(context, executor, planner.asKept());
    } else if (this.program.failure !== undefined) {
      report.error(`Could not start the program: ${this.program.failure.message}`);
    } else if (code === FAILED_AND_SAID_SO) {
      report.fail();
    } else if (code !== undefined && code !== 0) {
      report.error(`an unhandled error occurred: Program exited with non-zero exit code: ${code}`);
    }
    registrations.finish(!report.ok || this.isCancelled);
  }

  /** Refuses a program folder without package.json, because the empty program that runs instead would delete the whole stack. */
  private requireOwnProgram(registrations: Registrations): void {
    const folder = strangePackage(this.project);
    if (registrations.declared === 0 && folder !== undefined) {
      throw new EngineError(
        `The program declares no resources, and it is not the program in ${this.project.programDirectory}: that folder has no package.json, so Pulumi's runner used the one in ${folder}. Nothing was changed. Add a package.json with a \`main\` to the program's folder.`,
      );
    }
  }

  private result(isSaved: boolean): OperationResult {
    const { ledger, report } = this;
    const { ok, changes, diagnostics } = report;
    const root = ledger.resources.find((each) => isStack(each.urn));
    return { ok, isSaved: isSaved || !report.wasUnwritable, changes, outputs: root?.outputs ?? {}, diagnostics };
  }
}
