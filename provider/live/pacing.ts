import { abortable, type Clock } from "../base/clock";
import { entry, fromKeys } from "../base/objects";
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
/** Latency jitter can bunch calls, so they keep this far under the rate. */
const MARGIN = 1.03;
/** A timer that fires late by up to this much costs no speed: the next call follows sooner. The margin covers it. */
const LATE_MS = 10;
/**
 * Additive increase, multiplicative decrease, as TCP does it: a throttled call cuts the share of the rate, and time gives it back.
 * Throttled calls within a second of each other are one event, because the cloud counts over a second.
 */
const AIMD = { cut: 0.5, perSecond: 0.1, least: 0.1 };
/** The pause after a throttled call, jittered by half. */
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
    return abortable(signal, (grant) => {
      this.waiting.push(grant);
      if (!this.pumping) {
        this.pumping = true;
        void this.pump();
      }
      return () => this.waiting.splice(this.waiting.indexOf(grant), 1);
    });
  }

  slowDown(retryAfterMs: number): void {
    this.share.throttled();
    const pauseMs = PAUSE_MS * (0.5 + this.clock.random());
    this.rest(Math.max(pauseMs, retryAfterMs));
  }

  /** A pause at an unchanged rate: the cloud has a problem that our rate did not cause. */
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
 * The speed limit: one fair, abortable queue per action and account. All resources of a process share one pacer, so that
 * together they keep the account's limits; ALICLOUD_LIVE_RATE_FACTOR changes these (`host/dependencies.ts`). Every call waits
 * for its turn in `client.ts`. Several processes on one account divide its limits by their {@link Share}s.
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

  /** A call was throttled. It waits for its next turn. */
  throttled(account: string, action: Action, retryAfterMs = 0): void {
    this.queue(account, action).slowDown(retryAfterMs);
  }

  /** The cloud named a time to come back, for another reason than a limit. */
  pause(account: string, action: Action, forMs: number): void {
    this.queue(account, action).rest(forMs);
  }

  /** All writes have one share: other processes compete for the stops and for the deletes that follow. */
  private queue(account: string, action: Action): Queue {
    return entry(this.queues, `${account} ${action}`, () => {
      const share = entry(this.shares, isWrite(action) ? account : `${account} ${action}`, () => new Share(this.clock));
      return new Queue(this.rates[action], share, this.clock);
    });
  }
}

/** The published limits times one factor. */
export function scaledRates(factor: number): Record<Action, number> {
  return fromKeys(Object.keys(PUBLISHED_RATES) as Action[], (action) => PUBLISHED_RATES[action] * factor);
}
