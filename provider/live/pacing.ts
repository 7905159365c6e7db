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
const MARGIN = 1.04;
/** The slowest a queue gets, in calls a second, however often it is throttled. */
const SLOWEST = 0.5;
const SECOND_MS = 1000;
/**
 * After a refusal: the share of the rate that is left, and a pause in which the window of one second gets some air. A
 * refusal at the very start says that others are at work already.
 */
const REFUSED = { share: 0.7, pauseMs: 250, earlyShare: 0.6, earlyMs: 900 };
/** The rate comes back slowly at first, because others want their share, then fast: parts of it that are added in a second. */
const RECOVERY = { slow: 0.06, slowForMs: 5_000, fast: 0.6 };

interface Waiter {
  grant(): void;
  /** Set when the one who waited has left. */
  gone: boolean;
}

/** The calls of one action on one account: first come, first served, one every `1/rate` seconds. */
class Queue {
  private readonly waiting: Waiter[] = [];
  private refusedAt = Number.NEGATIVE_INFINITY;
  private startRate: number;
  private firstAt = Number.POSITIVE_INFINITY;
  private nextFree = 0;
  private pumping = false;

  constructor(
    private readonly full: number,
    private readonly clock: Clock,
  ) {
    this.startRate = full;
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
    const now = this.clock.now();
    const share = now - this.firstAt < REFUSED.earlyMs ? REFUSED.earlyShare : REFUSED.share;
    this.startRate = Math.max(SLOWEST, this.rate() * share);
    this.refusedAt = now;
    this.nextFree = Math.max(this.nextFree, now + Math.max(REFUSED.pauseMs, retryAfterMs));
  }

  /** The rate now, in calls a second: that after the last refusal, and what has come back since. */
  private rate(): number {
    const since = this.clock.now() - this.refusedAt;
    const slow = Math.min(since, RECOVERY.slowForMs) / SECOND_MS;
    const fast = since / SECOND_MS - slow;
    return Math.min(this.full, this.startRate * (1 + RECOVERY.slow) ** slow * (1 + RECOVERY.fast) ** fast);
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
      this.firstAt = Math.min(this.firstAt, this.clock.now());
      this.nextFree = this.clock.now() + (SECOND_MS * MARGIN) / this.rate();
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
