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
  /** Go on with other steps after one has failed. */
  goesOn?: boolean;
  /** Told of every step that fails. */
  onFailure(): void;
}

/** Does steps: chains of them one after the other, chains beside each other, no more of them at a time than allowed. */
export class Executor {
  /** Steps that failed, but stopped nothing. */
  readonly failed: Step[] = [];
  private readonly slots: Slots;
  private isStopped = false;

  constructor(
    private readonly options: ExecutorOptions,
    /** Told when a failure stops everything. */
    private readonly onStop: () => void,
  ) {
    this.slots = new Slots(options.parallel);
  }

  /** Whether no further steps begin. */
  get stopped(): boolean {
    return this.isStopped;
  }

  stop(): void {
    this.isStopped = true;
    this.onStop();
  }

  /** Returns when the chain has begun; what it returns, when it has ended. */
  async begin(chain: Step[]): Promise<{ ended: Promise<void> }> {
    const release = await this.slots.take();
    const ended = this.run(chain).finally(release);
    return { ended };
  }

  /** Does steps that do not depend on one another. */
  async all(steps: Step[]): Promise<void> {
    const running: Promise<void>[] = [];
    for (const step of steps) {
      running.push((await this.begin([step])).ended);
    }
    await Promise.all(running);
  }

  /** Waits until nothing is under way. */
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
      // What follows could not be put on record either.
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

/** Makes secret what the program asked to be, and what came back under the name of a secret input. */
function markSecrets({ inputs = {}, outputs = {}, additionalSecretOutputs = [] }: ResourceState): void {
  for (const [key, value] of Object.entries(outputs)) {
    if (additionalSecretOutputs.includes(key) || isSecret(inputs[key])) {
      outputs[key] = makeSecret(value);
    }
  }
}

/** Whether the file need not be written: where in the program a resource is declared can wait for the next time. */
function isUnchanged({ old, next }: Step): boolean {
  const essence = ({ sourcePosition: _where, stackTrace: _how, ...rest }: ResourceState) =>
    written(rest, (value) => value);
  return old !== undefined && next !== undefined && sameValue(essence(old) as Values, essence(next) as Values);
}
