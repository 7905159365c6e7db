import type { Clock } from "../base/clock";
import type { OperationAborted } from "../base/errors";
import { cancelled, engineGone, interrupted, type Operation, type Supervisor } from "../lifecycle/operation";
import type { EngineClient } from "../lifecycle/progress";
import { UNDO_MS } from "../lifecycle/undo";

/** The used part of the process; tests replace it. */
export interface ProcessLike {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): void;
  stdout: { on(event: "error", listener: () => void): unknown };
  stderr: { on(event: "error", listener: () => void): unknown; write(text: string): unknown };
}

/** How often the engine is checked; without two answers in a row it is gone. */
const WATCH_MS = 150;
/** The time for operations to settle and for their answers to leave, before the process ends. */
const SETTLE_MS = 600;
/** The signals that end a process, and the exit code that a shell gives each. */
const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
const NOT_SETTLED = "An operation did not end in time. Its session may run and cost money. Run the same command again.";
const SIGNALS = Object.keys(EXIT_CODES) as NodeJS.Signals[];

/**
 * Ends this plugin process within a second when its engine is gone, and on signals; later only while a create undoes itself.
 * Without work, signals have their default effect.
 */
export class Shutdown implements Supervisor {
  private readonly active = new Set<Operation>();
  /** Set when the process ends: no operation begins any more. */
  private ending: OperationAborted | undefined;
  private isInterrupted = false;
  /** Set when Pulumi asks to stop: what begins after it ends at once, too. */
  private stopping: OperationAborted | undefined;

  constructor(
    private readonly engine: EngineClient,
    private readonly clock: Clock,
    private readonly host: ProcessLike = process,
  ) {}

  /** Watches the engine: one that is killed does not end its plugins. */
  async attend(): Promise<void> {
    this.ignoreBrokenPipes();
    // Between two connections an engine may refuse one, so check twice.
    for (let silent = 0; silent < 2; ) {
      await this.clock.sleep(WATCH_MS);
      silent = (await this.engine.alive()) ? 0 : silent + 1;
    }
    await this.shutDown(engineGone(), 1);
  }

  /** Pulumi asks to stop, and records what each operation answers. */
  stop(): void {
    this.stopping ??= cancelled();
    for (const operation of this.active) {
      operation.end(this.stopping);
    }
  }

  watch(operation: Operation): () => void {
    const reason = this.ending ?? this.stopping;
    if (reason !== undefined) {
      operation.end(reason);
    }
    if (this.active.size === 0) {
      for (const name of SIGNALS) {
        this.host.on(name, this.onSignal);
      }
    }
    this.active.add(operation);
    return () => {
      this.active.delete(operation);
      if (this.active.size === 0) {
        for (const name of SIGNALS) {
          this.host.off(name, this.onSignal);
        }
      }
    };
  }

  /**
   * When the engine dies, nobody reads our output. Without a listener, the broken pipe is an uncaught exception, which the plugin
   * host prints to the broken pipe: an endless loop.
   */
  private ignoreBrokenPipes(): void {
    this.host.stdout.on("error", () => {});
    this.host.stderr.on("error", () => {});
  }

  /** The first signal lets operations settle; the second ends the process at once. */
  private readonly onSignal = (name: NodeJS.Signals): void => {
    const exitCode = EXIT_CODES[name] ?? 1;
    if (this.isInterrupted) {
      this.host.exit(exitCode);
      return;
    }
    this.isInterrupted = true;
    void this.shutDown(interrupted(name), exitCode);
  };

  private async shutDown(reason: OperationAborted, exitCode: number): Promise<void> {
    if (this.ending !== undefined) {
      // Already ending: a signal is often followed by the end of the engine.
      return;
    }
    this.ending = reason;
    const ended = [...this.active];
    if (ended.length > 0) {
      this.tell(`${reason.message} Nothing new is begun; a create deletes again what it made.`);
      for (const operation of ended) {
        operation.end(reason);
      }
      await this.settle(UNDO_MS[reason.why]);
      for (const { lastError } of ended) {
        this.tell(lastError ?? `${reason.message} ${NOT_SETTLED}`);
      }
    }
    this.host.exit(exitCode);
  }

  /** Waits until the operations have settled, and their answers have left. */
  private async settle(undoMs: number): Promise<void> {
    const began = this.clock.now();
    const isUndoing = () => [...this.active].some(({ mayUndo }) => mayUndo);
    while (isUndoing() && this.clock.now() - began < undoMs + SETTLE_MS) {
      await this.clock.sleep(WATCH_MS);
    }
    await this.clock.sleep(SETTLE_MS);
  }

  private tell(text: string): void {
    this.host.stderr.write(`pulumi-alicloud-live: ${text}\n`);
  }
}
