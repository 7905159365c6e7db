import type { Clock } from "../base/clock";
import { type Action, isWrite } from "./types";

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

const SECOND_MS = 1000;
/** Two clocks never tick alike, and requests overtake each other, so calls keep this far under the rate. */
const MARGIN = 1.04;
/** A timer that fires late by up to this much costs no speed: the next call makes up for it. The margin covers it. */
const LATE_MS = 10;
/**
 * Additive increase, multiplicative decrease, as TCP does it: a throttled call cuts the share of the rate, and time gives it back.
 * Throttled calls within a second of each other are one event, because the cloud counts over a second.
 */
const AIMD = { cut: 0.5, perSecond: 0.1, least: 0.1 };
/** After a throttled call, the cloud's window of one second gets some air before the next. Jittered by half. */
const PAUSE_MS = 500;
/** The part of an account's rate that this process uses: 1 is all of it, less while other processes use the account too. */
class Share {
  private share = 1;
  private at: number;
  private cutAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {
    this.at = clock.now();
  }

  now(): number {
    const now = this.clock.now();
    this.share = Math.min(1, this.share + (AIMD.perSecond * (now - this.at)) / SECOND_MS);
    this.at = now;
    return this.share;
  }

  throttled(): void {
    const share = this.now();
    if (this.at - this.cutAt >= SECOND_MS) {
      this.share = Math.max(AIMD.least, share * AIMD.cut);
      this.cutAt = this.at;
    }
  }
}

/** The calls of one action on one account: first come, first served, evenly spaced. */
class Queue {
  private readonly waiting: (() => void)[] = [];
  private nextFree = 0;
  private pumping = false;

  constructor(
    private readonly full: number,
    private readonly share: Share,
    private readonly clock: Clock,
  ) {}

  take(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.waiting.splice(this.waiting.indexOf(grant), 1);
        reject(signal.reason);
      };
      const grant = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.waiting.push(grant);
      if (!this.pumping) {
        this.pumping = true;
        void this.pump();
      }
    });
  }

  slowDown(retryAfterMs: number): void {
    this.share.throttled();
    const pauseMs = PAUSE_MS * (0.5 + this.clock.random());
    this.nextFree = Math.max(this.nextFree, this.clock.now() + Math.max(pauseMs, retryAfterMs));
  }

  /** No more until then, at the rate of before: the cloud is in trouble, but not because of us. */
  rest(forMs: number): void {
    this.nextFree = Math.max(this.nextFree, this.clock.now() + forMs);
  }

  private async pump(): Promise<void> {
    while (this.waiting.length > 0) {
      // A throttle may move the slot while we sleep, so look again after waking.
      const wait = this.nextFree - this.clock.now();
      if (wait > 0) {
        await this.clock.sleep(wait);
        continue;
      }
      const onTime = Math.max(this.nextFree, this.clock.now() - LATE_MS);
      this.nextFree = onTime + (SECOND_MS * MARGIN) / (this.full * this.share.now());
      this.waiting.shift()?.();
    }
    this.pumping = false;
  }
}

/**
 * Speed limits: one fair, abortable queue per action and account. A process shares one pacer among all its resources,
 * so that together they keep the account's limits; what several processes on one account have of it is up to their {@link Share}s.
 */
export class Pacer {
  private readonly queues = new Map<string, Queue>();
  private readonly shares = new Map<string, Share>();

  constructor(
    private readonly clock: Clock,
    private readonly rates: Readonly<Record<Action, number>> = PUBLISHED_RATES,
  ) {}

  /** Waits for this call's turn. The wait counts against the caller's deadline, by its signal. */
  take(account: string, action: Action, signal: AbortSignal): Promise<void> {
    return this.queue(account, action).take(signal);
  }

  /** Tells that a call was refused by the limit. The wait before it is sent again is that for its next turn. */
  throttled(account: string, action: Action, retryAfterMs = 0): void {
    this.queue(account, action).slowDown(retryAfterMs);
  }

  /** Tells that the cloud named a time to come back, without a word of a limit. */
  pause(account: string, action: Action, forMs: number): void {
    this.queue(account, action).rest(forMs);
  }

  /** All writes share one share: whoever competes for stops competes for the deletes that follow them. */
  private queue(account: string, action: Action): Queue {
    return entry(this.queues, `${account} ${action}`, () => {
      const share = entry(this.shares, isWrite(action) ? account : `${account} ${action}`, () => new Share(this.clock));
      return new Queue(this.rates[action], share, this.clock);
    });
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** The published limits, all taken at one factor. */
export function scaledRates(factor: number): Record<Action, number> {
  const entries = Object.entries(PUBLISHED_RATES).map(([action, rate]) => [action, rate * factor]);
  return Object.fromEntries(entries) as Record<Action, number>;
}
