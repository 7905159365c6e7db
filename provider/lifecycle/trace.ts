import type { Clock } from "../base/clock";
import { formatDuration } from "../base/duration";
import type { CallEvent } from "../live/client";
import { type Action, isWrite } from "../live/types";

/** Records phases, calls and the last response of an operation, for its timeout error. */
export class Trace {
  private readonly phases = new Map<string, number>();
  private readonly sent = new Map<Action, number>();
  private readonly began: number;
  private phaseBegan: number;
  private current = "preparing";
  private last = "none";
  /** Calls that were sent, and neither answered nor failed. */
  readonly unanswered = new Set<string>();
  /** What the current call waits for, when it waits. */
  private held: string | undefined;

  constructor(private readonly clock: Clock) {
    this.began = clock.now();
    this.phaseBegan = this.began;
  }

  /** Entering the current phase again continues it: a wait with many looks is one wait. */
  enter(phase: string): void {
    this.held = undefined;
    if (phase !== this.current) {
      this.close();
      this.current = phase;
    }
  }

  observe(event: CallEvent): void {
    this.held = event.what === "waiting" ? `for its turn to call ${event.action}` : undefined;
    if (event.what === "sent") {
      this.unanswered.add(event.action);
      this.sent.set(event.action, (this.sent.get(event.action) ?? 0) + 1);
    } else if (event.what !== "waiting") {
      this.unanswered.delete(event.action);
    }
    if (event.what === "answered") {
      this.last = `${event.action} OK (request id ${event.requestId})`;
    } else if (event.what === "failed" && event.error !== undefined) {
      const { shortly, httpStatus, requestId } = event.error;
      const facts = [httpStatus && `HTTP ${httpStatus}`, requestId && `request id ${requestId}`].filter(Boolean);
      this.last = `${event.action} ${shortly}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
      if (event.retryInMs !== undefined) {
        this.held = `to repeat ${event.action} after ${event.error.shortly}`;
      }
    }
  }

  /** Whether anything was sent that changes something. */
  get hasWritten(): boolean {
    return [...this.sent.keys()].some(isWrite);
  }

  get elapsedMs(): number {
    return this.clock.now() - this.began;
  }

  /** The current phase and its duration: the text of the resource's row. */
  now(timeoutMs: number): string {
    const inPhase = formatDuration(this.clock.now() - this.phaseBegan);
    const held = this.held === undefined ? "" : `, waiting ${this.held}`;
    const limit = `${formatDuration(this.elapsedMs)} of ${formatDuration(timeoutMs)}`;
    return `${this.current}${held} … ${inPhase} (${limit})`;
  }

  /** Seconds per phase, attempts per call, the last answer. */
  summary(): string {
    this.close();
    const phases = [...this.phases].map(([name, ms]) => `${name} ${formatDuration(ms)}`);
    const attempts = [...this.sent].map(([action, count]) => `${action} ${count}`);
    return `Time spent: ${phases.join(", ") || "nothing"}. Calls sent: ${attempts.join(", ") || "none"}. Last answer: ${this.last}.`;
  }

  private close(): void {
    const now = this.clock.now();
    this.phases.set(this.current, (this.phases.get(this.current) ?? 0) + now - this.phaseBegan);
    this.phaseBegan = now;
  }
}
