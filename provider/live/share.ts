import type { Clock } from "../clock";
import type { Others } from "./others";

const SECOND_MS = 1000;
/** Our clock and the cloud's do not tick alike, and requests overtake each other: keep this far under the rate, or further. */
const MARGIN = { least: 1.04, step: 0.06, most: 1.3 };
/**
 * A refusal may be our own doing: calls that were sent as the rate allows arrive closer together when the way takes now more
 * time, now less. The first after a calm while, refusals in quick succession being one, is taken for that.
 */
const OWN = { calmMs: 2_000, oneForMs: 200 };
/**
 * After any other refusal. At (nearly) full speed it says that others have come, or that they were here first: take about a
 * third. Below that, give some of it up. Refusals within a second of each other are one.
 */
const REFUSED = { nearlyFull: 0.75, amongOthers: 0.35, factor: 0.6, least: 0.05, oneForMs: 1_000 };
/**
 * While others are seen at work: all together use this much of the rate, because evenly spaced calls of several still meet. What
 * they were seen to use is taken for somewhat more, and the part that is ours is approached so fast, or left at once.
 */
const AMONG_OTHERS = { use: 0.92, theirs: 2.5, perSecond: 0.08 };
/** Once those who were seen are gone. */
const ALONE_PER_SECOND = 0.8;
/** How long what was seen of others holds. */
const SEEN_FOR_MS = 5_000;
/**
 * While nothing is known of others, or what is seen of them cannot be all: slowly at first, because whoever refused us still wants
 * theirs, then fast.
 */
const UNKNOWN = { slowPerSecond: 0.02, slowForMs: 4_000, fastPerSecond: 0.6 };

/**
 * The share that this process has of an account's speed: 1 for all of it, less while other processes work on the account. Only a
 * refusal makes it smaller; how it comes back is decided by what is seen of the others, and by time where nothing is.
 */
export class Share {
  /** How far apart calls are kept beyond what the rate asks for, as a factor. */
  margin = MARGIN.least;
  private share = 1;
  private at: number;
  /** The last refusal that made it smaller, as long as it is not whole again; and the last of any kind. */
  private refusedAt: number | undefined;
  private lastRefusalAt = Number.NEGATIVE_INFINITY;
  private tookLastForOwn = false;
  /** What was last seen of others, region by region: a list shows no other. */
  private readonly seen = new Map<string, Others & { at: number }>();
  /** Whether others were at work since it was made smaller. */
  private hadOthers = false;
  /** Whether it was made smaller although it was no more than our part: there are others whom no list shows. */
  private hasUnseen = false;

  /** `full`: how many calls a second the whole of it is; `limit`: how many the account allows to all together. */
  constructor(
    private readonly full: number,
    private readonly limit: number,
    private readonly clock: Clock,
  ) {
    this.at = clock.now();
  }

  now(): number {
    const now = this.clock.now();
    if (this.refusedAt !== undefined) {
      this.share = Math.min(1, this.after(this.at, now, this.refusedAt));
      if (this.share === 1) {
        this.refusedAt = undefined;
      }
    }
    this.at = now;
    return this.share;
  }

  /** Whether others have a part of it, as far as refusals tell. */
  isShared(): boolean {
    return this.now() < 1;
  }

  sees(others: Others, region: string): void {
    this.now();
    this.seen.set(region, { ...others, at: this.clock.now() });
    this.hadOthers ||= others.count > 0;
  }

  /** Tells whether the refusal is taken for our own doing. */
  refused(mayBeOwn: boolean): boolean {
    const now = this.clock.now();
    const calmFor = now - this.lastRefusalAt;
    if (calmFor < OWN.oneForMs) {
      return this.tookLastForOwn;
    }
    this.lastRefusalAt = now;
    const others = this.others(now) ?? { count: 0, callsPerSecond: 0 };
    if (mayBeOwn && others.count === 0 && calmFor > OWN.calmMs && this.margin < MARGIN.most) {
      this.margin += MARGIN.step;
      this.tookLastForOwn = true;
      return true;
    }
    if (this.tookLastForOwn && calmFor <= OWN.calmMs) {
      // It was not: the next one follows too soon.
      this.margin -= MARGIN.step;
    }
    this.tookLastForOwn = false;
    const share = this.now();
    if (this.refusedAt === undefined || now - this.refusedAt >= REFUSED.oneForMs) {
      this.share = share > REFUSED.nearlyFull ? REFUSED.amongOthers : Math.max(REFUSED.least, share * REFUSED.factor);
      this.refusedAt = now;
      this.hadOthers = false;
      this.hasUnseen = others.count > 0 && share <= this.fairPart(others);
    }
    return false;
  }

  /** What has become of it between two times. */
  private after(from: number, to: number, refusedAt: number): number {
    const seconds = (to - from) / SECOND_MS;
    const others = this.others(to);
    if (others !== undefined && others.count > 0) {
      const theyLeave = this.partOf(AMONG_OTHERS.use * this.limit - AMONG_OTHERS.theirs * others.callsPerSecond);
      const isSlow = this.hasUnseen && to - refusedAt < UNKNOWN.slowForMs;
      const perSecond = isSlow ? UNKNOWN.slowPerSecond : AMONG_OTHERS.perSecond;
      return Math.min(this.share + perSecond * seconds, Math.max(this.fairPart(others), theyLeave));
    }
    if (others !== undefined && this.hadOthers) {
      return this.share + ALONE_PER_SECOND * seconds;
    }
    const slowly = Math.max(0, Math.min(to, refusedAt + UNKNOWN.slowForMs) - from) / SECOND_MS;
    return (this.share + UNKNOWN.slowPerSecond * slowly) * Math.exp(UNKNOWN.fastPerSecond * (seconds - slowly));
  }

  /** All that is known of others; `undefined` when nothing is. */
  private others(now: number): Others | undefined {
    const seen = [...this.seen.values()].filter(({ at }) => now - at < SEEN_FOR_MS);
    return seen.length === 0
      ? undefined
      : {
          count: Math.max(...seen.map(({ count }) => count)),
          callsPerSecond: Math.max(...seen.map(({ callsPerSecond }) => callsPerSecond)),
        };
  }

  /** What is ours when all take the same. */
  private fairPart({ count }: Others): number {
    return this.partOf((AMONG_OTHERS.use * this.limit) / (count + 1));
  }

  private partOf(callsPerSecond: number): number {
    return Math.min(1, callsPerSecond / this.full);
  }
}
