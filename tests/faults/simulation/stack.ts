import type { StateFile } from "../../../cli/sweep/state-file";
import type { PluginProcess } from "./world";

type Properties = Record<string, unknown>;

/** A resource in the state of a simulated stack. */
export interface Entry {
  name: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
  initErrors: boolean;
  /** Replaced, and not deleted yet. */
  doomed: boolean;
}

/** What a program declares: arguments by resource name. */
export type Program = Record<string, Properties>;

/** What an operation came to. */
export interface Outcome {
  ok: boolean;
  errors: string[];
}

/**
 * As much of Pulumi's engine as decides what is called and what is saved: check, diff, steps, partial failures, pending
 * creates. A process that dies in the middle leaves the state as it was last saved.
 */
export class SimulatedStack {
  entries: Entry[] = [];
  /** Creates that were cut off with their engine: all that the state knows of them is their inputs. */
  pending: { inputs: Properties; process: PluginProcess }[] = [];
  /** What creates said that failed without a session. */
  readonly unsaved: string[] = [];
  /** Names of sessions that were in the state at some time, made up ones only: a chosen name may be used again. */
  readonly saved = new Set<string>();

  constructor(
    readonly name: string,
    readonly project = "shop",
  ) {}

  urn(resource: string): string {
    return `urn:pulumi:${this.name}::${this.project}::pulumi-nodejs:dynamic/live:StreamMonitor::${resource}`;
  }

  async up(process: PluginProcess, program: Program): Promise<Outcome> {
    const errors: string[] = [];
    const steps = Object.entries(program).map(([name, args]) => this.reach(process, name, args));
    await collect(steps, errors);
    if (errors.length === 0) {
      const declared = Object.keys(program);
      const doomed = this.entries.filter((each) => each.doomed || !declared.includes(each.name));
      await collect(
        doomed.map((each) => this.remove(process, each)),
        errors,
      );
    }
    return { ok: errors.length === 0, errors };
  }

  /** What `sweep` reads of this stack, exported now; no operation runs. */
  exported(nowMs: number): StateFile {
    const pending = this.pending.map(({ inputs }) => ({
      urn: String(inputs.__urn),
      monitorName: String(inputs.monitorName),
      isGenerated: Array.isArray(inputs.__auto) && inputs.__auto.includes("monitorName"),
      adopts: false,
      adoptedId: undefined,
      hasUnknownRegion: false,
      onDelete: undefined,
      createTimeout: undefined,
    }));
    const held = new Set(this.entries.map(({ id }) => id));
    const { name: stack, project } = this;
    return {
      file: "state.json",
      project,
      stack,
      writtenAt: nowMs,
      held,
      accounts: new Set<string>(),
      regions: new Set<string>(),
      pending,
    };
  }

  async refresh(process: PluginProcess): Promise<Outcome> {
    const errors: string[] = [];
    const read = async (entry: Entry) => {
      const found = await process.call(async () => process.provider.read?.(entry.id, structuredClone(entry.outputs)));
      if (found?.id === undefined) {
        this.entries = this.entries.filter((each) => each !== entry);
      } else {
        entry.outputs = found.props ?? {};
        entry.inputs = found.inputs ?? entry.inputs;
        entry.initErrors = false;
      }
    };
    await collect(this.entries.filter((each) => !each.doomed).map(read), errors);
    return { ok: errors.length === 0, errors };
  }

  async destroy(process: PluginProcess): Promise<Outcome> {
    const errors: string[] = [];
    await collect(
      this.entries.map((each) => this.remove(process, each)),
      errors,
    );
    return { ok: errors.length === 0, errors };
  }

  private async reach(process: PluginProcess, name: string, args: Properties): Promise<void> {
    const { provider } = process;
    const news = { __provider: "text", __urn: this.urn(name), ...args };
    const old = this.entries.find((each) => each.name === name && !each.doomed);
    const inputs = await this.check(process, old?.inputs ?? {}, news);
    if (old === undefined) {
      await this.create(process, name, inputs);
      return;
    }
    const diff = await process.call(async () => provider.diff?.(old.id, old.outputs, inputs));
    if ((diff?.replaces ?? []).length > 0) {
      const fresh = await this.check(process, {}, news);
      if (diff?.deleteBeforeReplace) {
        await this.remove(process, old);
        await this.create(process, name, fresh);
      } else {
        await this.create(process, name, fresh);
        old.doomed = true;
      }
    } else if (
      diff?.changes === true ||
      old.initErrors ||
      (diff?.changes === undefined && differ(old.inputs, inputs))
    ) {
      await this.update(process, old, inputs);
    } else {
      old.inputs = inputs;
    }
  }

  private async check(process: PluginProcess, olds: Properties, news: Properties): Promise<Properties> {
    const result = await process.call(async () =>
      process.provider.check?.(structuredClone(olds), structuredClone(news)),
    );
    if ((result?.failures ?? []).length > 0) {
      throw new Error(`check: ${JSON.stringify(result?.failures)}`);
    }
    return (result?.inputs ?? {}) as Properties;
  }

  private async create(process: PluginProcess, name: string, inputs: Properties): Promise<void> {
    const pending = { inputs, process };
    this.pending.push(pending);
    try {
      const { id, outs } = await process.call(() => process.provider.create(structuredClone(inputs)));
      this.save(process, { name, id: String(id), inputs, outputs: outs ?? {}, initErrors: false, doomed: false });
    } catch (error) {
      const partial = error as { id?: string; properties?: Properties };
      if (partial.id !== undefined) {
        const outputs = partial.properties ?? {};
        this.save(process, { name, id: partial.id, inputs, outputs, initErrors: true, doomed: false });
      } else {
        this.unsaved.push((error as Error).message);
      }
      throw error;
    } finally {
      // An engine that died leaves its pending operation behind; one that lives clears it.
      if (process.engineAlive) {
        this.pending = this.pending.filter((each) => each !== pending);
      }
    }
  }

  private save(process: PluginProcess, entry: Entry): void {
    if (process.engineAlive) {
      this.entries.push(entry);
      const { monitorName } = entry.inputs;
      if (typeof monitorName === "string" && monitorName.includes("--")) {
        this.saved.add(monitorName);
      }
    }
  }

  private async update(process: PluginProcess, entry: Entry, inputs: Properties): Promise<void> {
    try {
      const result = await process.call(async () =>
        process.provider.update?.(entry.id, structuredClone(entry.outputs), structuredClone(inputs)),
      );
      if (process.engineAlive) {
        Object.assign(entry, { inputs, outputs: result?.outs ?? {}, initErrors: false });
      }
    } catch (error) {
      const partial = error as { id?: string; properties?: Properties };
      if (partial.id !== undefined && process.engineAlive) {
        Object.assign(entry, { outputs: partial.properties ?? {}, initErrors: true });
      }
      throw error;
    }
  }

  private async remove(process: PluginProcess, entry: Entry): Promise<void> {
    await process.call(async () => process.provider.delete?.(entry.id, structuredClone(entry.outputs)));
    if (process.engineAlive) {
      this.entries = this.entries.filter((each) => each !== entry);
    }
  }
}

async function collect(steps: Promise<void>[], errors: string[]): Promise<void> {
  for (const result of await Promise.allSettled(steps)) {
    if (result.status === "rejected") {
      errors.push(String((result.reason as Error).message));
    }
  }
}

function differ(olds: Properties, news: Properties): boolean {
  const sorted = (value: Properties) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(olds) !== sorted(news);
}
