import type { Clock } from "../clock";
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
/** Our clock and the cloud's do not tick alike, and requests overtake each other: keep this far under the rate, or further. */
const MARGIN = { least: 1.04, step: 0.06, most: 1.3 };
/**
 * A refusal may be our own doing: calls that were sent as the rate allows arrive closer together when the way takes now more time,
 * now less, by up to `pathMs`. The first after a calm while, refusals in quick succession being one, is taken for that.
 */
const OWN = { pathMs: 400, calmMs: 2_000, oneForMs: 200 };
/** A timer that fires late by up to this much costs no speed: the next call makes up for it. The margin covers it. */
const LATE_MS = 10;
/**
 * After any other refusal. At (nearly) full speed it says that others have come, or that they were here first: take a little less than
 * half. Below that, give some of it up. Refusals within a second of each other are one.
 */
const REFUSED = { nearlyFull: 0.75, amongOthers: 0.45, factor: 0.6, least: 0.05, oneForMs: 1_000 };
/** How long no call of the kind is sent then, so that the window of one second gets some air; at the very start, until it is over. */
const PAUSE_MS = { usual: 600, start: 1_200 };
/** How the share comes back: slowly at first, because whoever refused us still wants theirs, then fast, because they have ended. */
const RECOVERY = { slowPerSecond: 0.02, slowForMs: 3_500, fastPerSecond: 0.75 };

/**
 * The share that this process has of an account's speed: 1 for all of it, less while other processes work on the account. All
 * writes have one: whoever competes for stops competes for the deletes that follow them.
 */
class Share {
  private start = 1;
  /** The last refusal that made it smaller, and the last of any kind. */
  private refusedAt = Number.NEGATIVE_INFINITY;
  private lastRefusalAt = Number.NEGATIVE_INFINITY;
  /** How far apart calls are kept beyond what the rate asks for, as a factor. */
  margin = MARGIN.least;
  private tookLastForOwn = false;

  constructor(private readonly clock: Clock) {}

  /** What was left after the last refusal, and what has come back since. */
  now(): number {
    const since = this.clock.now() - this.refusedAt;
    if (since === Number.POSITIVE_INFINITY) {
      return 1;
    }
    const slow = Math.min(since, RECOVERY.slowForMs);
    const slowly = this.start + (RECOVERY.slowPerSecond * slow) / SECOND_MS;
    return Math.min(1, slowly * Math.exp((RECOVERY.fastPerSecond * (since - slow)) / SECOND_MS));
  }

  refused(mayBeOwn: boolean): void {
    const calmFor = this.clock.now() - this.lastRefusalAt;
    if (calmFor < OWN.oneForMs) {
      return;
    }
    this.lastRefusalAt = this.clock.now();
    if (mayBeOwn && calmFor > OWN.calmMs && this.margin < MARGIN.most) {
      this.margin += MARGIN.step;
      this.tookLastForOwn = true;
      return;
    }
    if (this.tookLastForOwn && calmFor <= OWN.calmMs) {
      // It was not: the next one follows too soon.
      this.margin -= MARGIN.step;
    }
    this.tookLastForOwn = false;
    const share = this.now();
    if (this.clock.now() - this.refusedAt >= REFUSED.oneForMs) {
      this.start = share > REFUSED.nearlyFull ? REFUSED.amongOthers : Math.max(REFUSED.least, share * REFUSED.factor);
      this.refusedAt = this.clock.now();
    }
  }
}

/** The calls of one action on one account: first come, first served, evenly spaced. */
class Queue {
  private readonly waiting: (() => void)[] = [];
  /** When the last calls were sent: one more than a second allows. */
  private readonly sent: number[] = [];
  private firstAt = Number.POSITIVE_INFINITY;
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
    this.share.refused(this.mayBeOwn(now));
    const atStart = this.firstAt <= now && now - this.firstAt < SECOND_MS;
    const until = atStart ? this.firstAt + PAUSE_MS.start : now + PAUSE_MS.usual * (0.75 + this.clock.random() / 2);
    this.nextFree = Math.max(this.nextFree, until, now + retryAfterMs);
  }

  /** Whether more calls were sent than a second allows, in what may have become one second on their way. */
  private mayBeOwn(now: number): boolean {
    const [first = Number.NEGATIVE_INFINITY] = this.sent;
    return this.sent.length > this.full && now - first < SECOND_MS + OWN.pathMs;
  }

  private async pump(): Promise<void> {
    while (this.waiting.length > 0) {
      // A throttle may move the slot while we sleep, so look again after waking.
      const wait = this.nextFree - this.clock.now();
      if (wait > 0) {
        await this.clock.sleep(wait);
        continue;
      }
      this.firstAt = Math.min(this.firstAt, this.clock.now());
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
 * so that together they keep the account's limits; several processes on one account find their share by slowing down
 * when they are throttled and recovering when they are not.
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

  private queue(account: string, action: Action): Queue {
    const share = entry(this.shares, `${account} ${isWrite(action) ? "writes" : action}`, () => new Share(this.clock));
    return entry(this.queues, `${account} ${action}`, () => new Queue(this.rates[action], share, this.clock));
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
