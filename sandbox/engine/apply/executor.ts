import { type ResourceState, written } from "../state/state";
import { InitError } from "../wire/provider";
import { isSecret, makeSecret, sameValue, type Values } from "../wire/values";
import type { Ledger } from "./ledger";
import type { Report } from "./report";
import { Slots } from "./slots";
import { ProtectedError, type Step } from "./step";

export interface ExecutorOptions {
  ledger: Ledger;
  report: Report;
  parallel: number;
  isPreview: boolean;
  /** Continue with other steps after a failure. */
  goesOn?: boolean;
  /** Called for every step that fails. */
  onFailure(): void;
}

/** Runs steps: those of a chain in sequence, chains in parallel, with a limit on how many run at the same time. */
export class Executor {
  /** Steps that failed without stopping the others. */
  readonly failed: Step[] = [];
  private readonly slots: Slots;
  private isStopped = false;

  constructor(
    private readonly options: ExecutorOptions,
    /** Called when a failure stops everything. */
    private readonly onStop: () => void,
  ) {
    this.slots = new Slots(options.parallel);
  }

  /** Whether no further steps start. */
  get stopped(): boolean {
    return this.isStopped;
  }

  stop(): void {
    this.isStopped = true;
    this.onStop();
  }

  /** Resolves when the chain has started; `ended` resolves when it has ended. */
  async begin(chain: Step[]): Promise<{ ended: Promise<void> }> {
    const release = await this.slots.take();
    const ended = this.run(chain).finally(release);
    return { ended };
  }

  /** Runs steps that do not depend on one another. */
  async all(steps: Step[]): Promise<void> {
    const running: Promise<void>[] = [];
    for (const step of steps) {
      running.push((await this.begin([step])).ended);
    }
    await Promise.all(running);
  }

  /** Waits until no step runs. */
  idle(): Promise<void> {
    return this.slots.idle();
  }

  private async run(chain: Step[]): Promise<void> {
    for (const step of chain) {
      if (this.isStopped || !(await this.execute(step))) {
        return;
      }
    }
  }

  private async execute(step: Step): Promise<boolean> {
    const { ledger, report, isPreview } = this.options;
    const { urn, op, old, next, pending } = step;
    const resource = op.startsWith("delete") || op.startsWith("discard") ? old : next;
    report.begin(step);
    const end = await ledger.begin(pending && resource ? { resource, type: pending } : undefined);
    if (end === undefined) {
      if (!this.isStopped) {
        this.options.onFailure();
      }
      report.failed(step);
      this.stop();
      return false;
    }
    const failure = await step.apply().then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined || failure instanceof InitError) {
      if (next !== undefined && op !== "replace") {
        markSecrets(next);
      }
      step.record();
    }
    end();
    if ((op !== "same" || !isUnchanged(step)) && !(await ledger.save())) {
      // The next steps could not be recorded either.
      this.stop();
    }
    if (failure === undefined) {
      report.end(step);
      step.complete?.();
      return true;
    }
    this.options.onFailure();
    report.failed(step);
    report.error(isPreview ? `Preview failed: ${failure.message}` : failure.message, urn);
    if (failure instanceof ProtectedError) {
      this.failed.push(step);
    } else if (!this.options.goesOn) {
      this.stop();
    }
    return false;
  }
}

/** Marks outputs as secret that the program names, or that have the name of a secret input. */
function markSecrets({ inputs = {}, outputs = {}, additionalSecretOutputs = [] }: ResourceState): void {
  for (const [key, value] of Object.entries(outputs)) {
    if (additionalSecretOutputs.includes(key) || isSecret(inputs[key])) {
      outputs[key] = makeSecret(value);
    }
  }
}

/** Whether the file need not be written. The position of a resource in the program can wait for the next write. */
function isUnchanged({ old, next }: Step): boolean {
  const essence = ({ sourcePosition: _where, stackTrace: _how, ...rest }: ResourceState) =>
    written(rest, (value) => value);
  return old !== undefined && next !== undefined && sameValue(essence(old) as Values, essence(next) as Values);
}
