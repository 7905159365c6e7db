import { EngineError } from "./errors";
import type { Changes, Diagnostic, EngineEvent, ResourceOp, Severity } from "./events";
import type { Plugin } from "./plugin";
import { defaultProviderUrn, type Plugins, providerUrn } from "./plugins";
import type { Project } from "./project";
import { Slots } from "./slots";
import type { PendingOperation, ResourceState, Snapshot, StateFile } from "./state";

export interface DeploymentOptions {
  project: Project;
  stack: string;
  parallel: number;
  dryRun: boolean;
  stateFile: StateFile;
  plugins: Plugins;
  emit(event: EngineEvent): void;
}

/** Thrown where a step is not started, or has failed and was reported already. */
export class Halted extends Error {}

/**
 * One operation on one stack: what is in the state, what has been done, and the file that is written after every step.
 * `news` are resources that this operation has dealt with, in the order in which it did; `olds` those that it has not.
 */
export class Deployment {
  news: ResourceState[] = [];
  olds: ResourceState[];
  readonly diagnostics: Diagnostic[] = [];
  readonly changes: Changes = { create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0, same: 0 };
  failed = false;
  /** Set when no further step is to be started. */
  cancelled = false;
  private frozen = false;
  private pending: PendingOperation[];
  private readonly slots: Slots;

  constructor(
    readonly options: DeploymentOptions,
    snapshot: Snapshot,
  ) {
    this.olds = snapshot.resources;
    // Creates that were cut off stay on record until somebody has looked after them; anything else can be done again.
    this.pending = snapshot.pendingOperations.filter((each) => each.type === "creating");
    this.slots = new Slots(options.parallel);
    if (snapshot.pendingOperations.length > 0) {
      this.warnOfPending(snapshot.pendingOperations);
    }
  }

  get snapshot(): Snapshot {
    return { resources: [...this.news, ...this.olds], pendingOperations: this.pending };
  }

  get halted(): boolean {
    return this.failed || this.cancelled;
  }

  /** From here on the state stays as it is: what is under way was not seen to end. */
  freeze(): void {
    this.cancelled = true;
    this.frozen = true;
  }

  /** Writes the state, unless nothing is to be touched. */
  checkpoint(): void {
    if (!this.options.dryRun && !this.frozen) {
      this.options.stateFile.save(this.snapshot);
    }
  }

  /** The resource has been dealt with: its old state goes, its new one stays. */
  settle(old: ResourceState | undefined, state: ResourceState | undefined): void {
    this.olds = this.olds.filter((each) => each !== old);
    if (state !== undefined) {
      this.news.push(state);
    }
  }

  /** Puts a changed state in the place of an old one that is still to be dealt with. */
  exchange(old: ResourceState, state: ResourceState): void {
    this.olds = this.olds.map((each) => (each === old ? state : each));
    this.news = this.news.map((each) => (each === old ? state : each));
  }

  /**
   * One step: announced, counted, put on record while it lasts, and followed by a checkpoint. No more of them run at a
   * time than the user allows, and none begins after one has failed.
   */
  async step<T>(
    op: ResourceOp,
    resource: ResourceState,
    pending: PendingOperation["type"] | undefined,
    body: () => Promise<T>,
    keys?: string[],
  ): Promise<T> {
    const release = await this.slots.take();
    const record = pending === undefined || this.options.dryRun ? undefined : { resource, type: pending };
    const { urn } = resource;
    try {
      if (this.halted) {
        throw new Halted();
      }
      this.options.emit({ type: "resource", urn, op, phase: "begin", ...(keys ? { keys } : {}) });
      if (record !== undefined) {
        this.pending = [...this.pending, record];
        this.checkpoint();
      }
      const result = await body();
      this.changes[op] += 1;
      this.options.emit({ type: "resource", urn, op, phase: "end", ...(keys ? { keys } : {}) });
      return result;
    } catch (error) {
      if (!(error instanceof Halted)) {
        this.fail(error, urn);
        this.options.emit({ type: "resource", urn, op, phase: "failed" });
      }
      throw new Halted();
    } finally {
      this.pending = this.pending.filter((each) => each !== record);
      if (record !== undefined) {
        this.checkpoint();
      }
      release();
    }
  }

  /** Waits until no step is under way any more. */
  settled(): Promise<void> {
    return this.slots.idle();
  }

  fail(error: unknown, urn = ""): void {
    this.failed = true;
    this.diagnose("error", error instanceof Error ? error.message : String(error), urn);
  }

  diagnose(severity: Severity, message: string, urn = "", ephemeral = false): void {
    if (severity === "debug") {
      // The program runner writes whole resources there, secrets and all.
      return;
    }
    if (!ephemeral) {
      this.diagnostics.push({ severity, message, urn });
    }
    this.options.emit({ type: "diagnostic", severity, message, urn, ephemeral });
  }

  /** The plugin that manages a resource, by the provider resource on record. */
  plugin(reference: string): Promise<Plugin> {
    const { stack, project, plugins } = this.options;
    const urn = reference === "" ? defaultProviderUrn(stack, project.name) : providerUrn(reference);
    const state = [...this.news, ...this.olds].find((each) => each.urn === urn);
    if (state === undefined) {
      throw new EngineError(`The provider ${urn} is not in the state. Nothing more was done.`);
    }
    return plugins.get(urn, state.inputs ?? {});
  }

  private warnOfPending(pending: PendingOperation[]): void {
    const list = pending.map((each) => `  * ${each.resource.urn}, interrupted while ${each.type}`);
    this.diagnose(
      "warning",
      `An earlier operation was cut off, and it is not known what became of:\n${list.join("\n")}\nCreates stay on record as pending until they are looked after: find out whether the resource exists, then remove the record with the Pulumi CLI (\`pulumi refresh\`).`,
    );
  }
}
