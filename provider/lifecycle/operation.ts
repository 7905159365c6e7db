import type { Account, Service } from "../account/account";
import { type Clock, untilAborted } from "../base/clock";
import { formatDuration } from "../base/duration";
import { type AbortReason, OperationAborted } from "../base/errors";
import { redactMessage } from "../base/redact";
import type { CallContext, CallEvent, StandInFor } from "../live/client";
import type { Credential } from "../live/request";
import type { Ownership } from "./ownership";
import type { EngineClient } from "./progress";
import { Trace } from "./trace";

/** What a verb works with. */
export interface Context {
  account: Account;
  operation: Operation;
  ownership: Ownership;
}

export type OperationName = "create" | "read" | "update" | "delete";
/** The six verbs. `check` and `diff` call no cloud, so they are no operations. */
export type VerbName = OperationName | "check" | "diff";

export interface OperationOptions {
  name: OperationName;
  timeoutMs: number;
  /** The resource's URN in this run, for its row. If it is unknown, progress is not shown, and messages go to the stack's row. */
  urn: string | undefined;
  /** Name and id of the session that the state has. */
  subject?: string | undefined;
  /** Texts that no line may show. */
  secrets?(isForeign?: boolean): readonly string[];
  clock: Clock;
  engine: EngineClient;
}

/** Ends operations from outside: on a signal, or when the engine is gone. */
export interface Supervisor {
  watch(operation: Operation): () => void;
}

/** After these ends nobody records what an operation answers. */
const UNRECORDED: readonly AbortReason[] = ["interrupted", "engine-gone"];

/** How often the row is refreshed, and how often a permanent line is written for plain logs. */
const ROW_MS = { first: 1_000, later: 5_000 };
const LINE_MS = 30_000;

/** One verb of Pulumi, from its start to its deadline: the signal, the progress and the trace. */
export class Operation implements CallContext {
  readonly clock: Clock;
  readonly trace: Trace;
  private readonly controller = new AbortController();
  private readonly warned = new Set<string>();
  private readonly warnings: Promise<void>[] = [];
  /** The credential that the last call to ApsaraVideo Live was made with. */
  askedAs: Credential | undefined;
  standInFor?: StandInFor;
  /** The session that it works on, once known. */
  session: { monitorId: string; service: Service } | undefined;
  /** The name that a create has sent; with `ttl` it ends in the expiry. */
  sentName: string | undefined;
  /** What the user must know if it is ended from outside now: `lastWords` shows it. */
  noteIfEnded: string | undefined;
  /** Why and since when it is ended from outside. After Pulumi asked to stop, or a deadline, the engine may still go. */
  ended: OperationAborted | undefined;
  endedAt: number | undefined;
  /** Whether it must not be cut off when it is ended from outside: it may have to undo what nobody will record. */
  mayUndo = false;
  /** What it said last, once it has failed. */
  lastError: string | undefined;
  private showsProgress = false;
  private readonly followers: Operation[] = [];

  constructor(readonly options: OperationOptions) {
    this.clock = options.clock;
    this.trace = new Trace(options.clock);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(reason: OperationAborted): void {
    if (this.ended === undefined || (!this.isUnrecorded && UNRECORDED.includes(reason.why))) {
      this.ended = reason;
      this.endedAt = this.clock.now();
    }
    this.controller.abort(reason);
    for (const follower of this.followers) {
      follower.end(reason);
    }
  }

  /** Ends another operation with this one, even after this one's deadline. */
  takeAlong(follower: Operation): void {
    this.followers.push(follower);
  }

  /** Names the current phase. */
  enter(phase: string): void {
    this.trace.enter(phase);
  }

  observe(event: CallEvent): void {
    this.trace.observe(event);
    if (event.credential !== undefined && event.action !== "GetCallerIdentity") {
      this.askedAs = event.credential;
    }
  }

  /** The context of a call that somebody else observes, too. */
  context(observe: (event: CallEvent) => void): CallContext {
    return {
      signal: this.signal,
      beforeWrite: () => this.beforeWrite(),
      secrets: () => this.secrets(),
      standInFor: this.standInFor,
      observe: (event) => {
        this.observe(event);
        observe(event);
      },
    };
  }

  /** The plugin outlives a CLI that dies: nothing is changed for an engine that is gone. */
  async beforeWrite(): Promise<void> {
    this.signal.throwIfAborted();
    if (!(await this.options.engine.alive())) {
      const ended = engineGone();
      this.end(ended);
      throw ended;
    }
    this.signal.throwIfAborted();
  }

  /** Whether nobody will record what it does: a signal, or the end of the engine, has ended it. */
  get isUnrecorded(): boolean {
    return this.ended !== undefined && UNRECORDED.includes(this.ended.why);
  }

  /** The last look at the engine, before it is given a result to record. */
  async beforeResult(): Promise<void> {
    if (!(await this.options.engine.alive())) {
      this.end(engineGone());
    }
    if (this.isUnrecorded) {
      throw this.ended;
    }
  }

  /** A line on the resource's row that the next one replaces. */
  show(text: string): void {
    if (this.options.urn !== undefined) {
      void this.tell(text, "info", true);
    }
  }

  /** Waits until the engine has a line that the next one replaces, or refuses it. */
  announce(text: string): Promise<void> {
    return untilAborted(this.tell(text, "info", true), this.signal);
  }

  /** Pulumi would leave the last progress line on the finished row. */
  clearProgress(): void {
    if (this.showsProgress) {
      this.show("");
    }
  }

  /** A line on the resource's row that stays. */
  say(text: string): void {
    void this.tell(text, "info", false);
  }

  /** A warning on the resource's row that stays. Each text is shown once. */
  warn(text: string): void {
    if (!this.warned.has(text)) {
      this.warned.add(text);
      this.warnings.push(this.tell(text, "warning", false));
    }
  }

  /** Settles when the engine has every warning: it may end this process right after the last operation. */
  async warningsShown(): Promise<void> {
    await Promise.all(this.warnings);
  }

  /** The one way to the resource's row. Lines quote foreign texts, so they are redacted. */
  private tell(text: string, severity: "info" | "warning", ephemeral: boolean): Promise<void> {
    const { engine, urn } = this.options;
    return engine.log({ urn, text: this.redacted(text), severity, ephemeral });
  }

  /** A text without the values that the program marked as secret. */
  redacted(text: unknown): string {
    return redactMessage(text, this.options.secrets?.());
  }

  /** Texts that no error of a call may show. */
  secrets(): readonly string[] {
    return this.options.secrets?.(true) ?? [];
  }

  sleep(ms: number): Promise<void> {
    return this.clock.sleep(ms, this.signal);
  }

  /** Refreshes the row until the operation ends. */
  async report(until: AbortSignal): Promise<void> {
    const { timeoutMs } = this.options;
    let nextLine = this.clock.now() + LINE_MS;
    for (;;) {
      await this.clock.sleep(this.trace.elapsedMs < 10_000 ? ROW_MS.first : ROW_MS.later, until);
      const text = this.trace.now(timeoutMs);
      if (this.clock.now() < nextLine) {
        this.showsProgress = true;
        this.show(text);
      } else {
        nextLine = this.clock.now() + LINE_MS;
        this.say(text);
      }
    }
  }
}

/** Runs an operation under its deadline and its supervisor. */
export async function underDeadline<T>(
  options: OperationOptions,
  supervisor: Supervisor,
  body: (operation: Operation) => Promise<T>,
): Promise<T> {
  const operation = new Operation(options);
  const { clock, timeoutMs, name } = options;
  const done = new AbortController();
  const quiet = () => {};
  clock
    .sleep(timeoutMs, done.signal)
    .then(() =>
      operation.end(new OperationAborted("deadline", `The ${name} did not end within ${formatDuration(timeoutMs)}.`)),
    )
    .catch(quiet);
  operation.report(done.signal).catch(quiet);
  const release = supervisor.watch(operation);
  try {
    return await body(operation);
  } finally {
    release();
    // With a reason, because Node's default one costs a stack trace.
    done.abort("done");
    operation.clearProgress();
    await operation.warningsShown();
  }
}

export function engineGone(): OperationAborted {
  return new OperationAborted("engine-gone", "The Pulumi engine no longer answers.");
}

export function interrupted(signal: string): OperationAborted {
  return new OperationAborted("interrupted", `Interrupted by ${signal}.`);
}

export function cancelled(): OperationAborted {
  return new OperationAborted("cancelled", "Pulumi asked to stop (Ctrl-C, or an error elsewhere).");
}
