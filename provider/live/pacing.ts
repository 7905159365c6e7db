import type { Clock } from "../clock";
import type { Others } from "./others";
import { Share } from "./share";
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
/** When the way takes now more time, now less, calls that were sent as the rate allows arrive closer together, by up to this. */
const PATH_MS = 400;
/** A timer that fires late by up to this much costs no speed: the next call makes up for it. The margin covers it. */
const LATE_MS = 10;
/** How long no call of the kind is sent after a refusal, so that the window of one second gets some air: our own calls fill it. */
const PAUSE_MS = { own: 600, others: 300 };

/** The calls of one action on one account: first come, first served, evenly spaced. */
class Queue {
  private readonly waiting: (() => void)[] = [];
  /** When the last calls were sent: one more than a second allows. */
  private readonly sent: number[] = [];
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

  /** A refusal by the limit: no more for a while, then at the rate of a smaller share. */
  slowDown(retryAfterMs: number): void {
    const now = this.clock.now();
    const isOwn = this.share.refused(this.mayBeOwn(now));
    const pauseMs = (isOwn ? PAUSE_MS.own : PAUSE_MS.others) * (0.75 + this.clock.random() / 2);
    this.nextFree = Math.max(this.nextFree, now + pauseMs, now + retryAfterMs);
  }

  /** No more until then, at the rate of before: the cloud is in trouble, but not because of us. */
  rest(forMs: number): void {
    this.nextFree = Math.max(this.nextFree, this.clock.now() + forMs);
  }

  /** Whether more calls were sent than a second allows, in what may have become one second on their way. */
  private mayBeOwn(now: number): boolean {
    const [first = Number.NEGATIVE_INFINITY] = this.sent;
    return this.sent.length > this.full && now - first < SECOND_MS + PATH_MS;
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
      this.nextFree = onTime + (SECOND_MS * this.share.margin) / (this.full * this.share.now());
      this.sent.push(this.clock.now());
      if (this.sent.length > this.full + 1) {
        this.sent.shift();
      }
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

  /** Tells what a list of a region showed of others who work on the account. */
  sees(account: string, region: string, others: Others): void {
    this.writes(account).sees(others, region);
  }

  /** Whether others work on the account, as far as refusals tell: then it is worth while to look at who they are. */
  isShared(account: string): boolean {
    return this.writes(account).isShared();
  }

  private queue(account: string, action: Action): Queue {
    return entry(this.queues, `${account} ${action}`, () => {
      const share = isWrite(action) ? this.writes(account) : this.shareOf(action);
      return new Queue(this.rates[action], share, this.clock);
    });
  }

  /** All writes have one share: whoever competes for stops competes for the deletes that follow them. */
  private writes(account: string): Share {
    return entry(this.shares, account, () => this.shareOf("DeleteLiveStreamMonitor"));
  }

  /** Whoever goes faster than what is published has an account that allows more. */
  private shareOf(action: Action): Share {
    return new Share(this.rates[action], Math.max(this.rates[action], PUBLISHED_RATES[action]), this.clock);
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
