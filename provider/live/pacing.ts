import type { Clock } from "../clock";
import type { Action } from "./types";

/** The published limits, in calls a second and account. */
export const PUBLISHED_RATES: Readonly<Record<Action, number>> = {
  CreateLiveStreamMonitor: 10,
  UpdateLiveStreamMonitor: 10,
  StartLiveStreamMonitor: 10,
  StopLiveStreamMonitor: 10,
  DeleteLiveStreamMonitor: 10,
  DescribeLiveStreamMonitorList: 15,
  // STS publishes 100; one call per key is all we make.
  GetCallerIdentity: 10,
};

/** Our clock and the cloud's do not tick alike, and requests overtake each other: keep this far under the rate. */
const MARGIN = 1.05;
/** The slowest a queue gets, in calls a second, however often it is throttled. */
const SLOWEST = 0.5;
const SECOND_MS = 1000;
/** What a refusal leaves of the rate, and the pause after it, in which the window of one second gets some air. */
const AFTER_REFUSAL = { share: 0.7, pauseMs: 250 };
/** How fast the rate comes back, as a part of the full rate for each call that is let through. */
const RECOVERY = { fast: 1 / 20, slow: 1 / 400 };
/** Near the rate at which it was last refused it probes slowly, for this long: others may want their share. */
const PROBE = { from: 0.9, forMs: 3_000 };

interface Waiter {
  grant(): void;
  /** Set when the one who waited has left. */
  gone: boolean;
}

/** The calls of one action on one account: first come, first served, one every `1/rate` seconds. */
class Queue {
  private readonly waiting: Waiter[] = [];
  private rate: number;
  private refusedAt = Number.NEGATIVE_INFINITY;
  private refusedRate = Number.POSITIVE_INFINITY;
  private nextFree = 0;
  private pumping = false;

  constructor(
    private readonly full: number,
    private readonly clock: Clock,
  ) {
    this.rate = full;
  }

  take(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        waiter.gone = true;
        reject(signal.reason);
      };
      const waiter: Waiter = {
        gone: false,
        grant: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.waiting.push(waiter);
      if (!this.pumping) {
        this.pumping = true;
        void this.pump();
      }
    });
  }

  slowDown(retryAfterMs: number): void {
    this.refusedAt = this.clock.now();
    this.refusedRate = this.rate;
    this.rate = Math.max(SLOWEST, this.rate * AFTER_REFUSAL.share);
    this.nextFree = Math.max(this.nextFree, this.refusedAt + Math.max(AFTER_REFUSAL.pauseMs, retryAfterMs));
  }

  speedUp(): void {
    const isProbing = this.rate >= PROBE.from * this.refusedRate && this.clock.now() - this.refusedAt < PROBE.forMs;
    this.rate = Math.min(this.full, this.rate + this.full * (isProbing ? RECOVERY.slow : RECOVERY.fast));
  }

  get length(): number {
    return this.waiting.filter((waiter) => !waiter.gone).length;
  }

  private async pump(): Promise<void> {
    for (;;) {
      while (this.waiting[0]?.gone) {
        this.waiting.shift();
      }
      if (this.waiting.length === 0) {
        this.pumping = false;
        return;
      }
      // A throttle may move the slot while we sleep, so look again after waking.
      const wait = this.nextFree - this.clock.now();
      if (wait > 0) {
        await this.clock.sleep(wait);
        continue;
      }
      this.nextFree = this.clock.now() + (SECOND_MS * MARGIN) / this.rate;
      this.waiting.shift()?.grant();
    }
  }
}

/**
 * Speed limits: one fair, abortable queue per action and account. A process shares one pacer among all its resources,
 * so that together they keep the account's limits; several processes on one account find their share by slowing down
 * when they are throttled and recovering when they are not.
 */
export class Pacer {
  private readonly queues = new Map<string, Queue>();

  constructor(
    private readonly clock: Clock,
    private readonly rates: Readonly<Record<Action, number>> = PUBLISHED_RATES,
  ) {}

  /** Waits for this call's turn. The wait counts against the caller's deadline, by its signal. */
  take(account: string, action: Action, signal: AbortSignal): Promise<void> {
    return this.queue(account, action).take(signal);
  }

  throttled(account: string, action: Action, retryAfterMs = 0): void {
    this.queue(account, action).slowDown(retryAfterMs);
  }

  passed(account: string, action: Action): void {
    this.queue(account, action).speedUp();
  }

  /** How many calls wait for their turn. */
  waiting(account: string, action: Action): number {
    return this.queue(account, action).length;
  }

  private queue(account: string, action: Action): Queue {
    const key = `${account} ${action}`;
    let queue = this.queues.get(key);
    if (queue === undefined) {
      queue = new Queue(this.rates[action], this.clock);
      this.queues.set(key, queue);
    }
    return queue;
  }
}

/** The published limits, all taken at one factor. */
export function scaledRates(factor: number): Record<Action, number> {
  const entries = Object.entries(PUBLISHED_RATES).map(([action, rate]) => [action, rate * factor]);
  return Object.fromEntries(entries) as Record<Action, number>;
}
