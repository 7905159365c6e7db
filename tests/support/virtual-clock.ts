import type { Clock } from "../../provider/base/clock";

interface Timer {
  at: number;
  order: number;
  fire(): void;
}

/** What takes longer than this, or more waits, has no end. */
const LONGEST_MS = 2 * 24 * 3_600_000;
const MOST_WAITS = 60_000;

/** Time that passes only when everybody waits for it. Whole hours of waiting take milliseconds. */
export class VirtualClock implements Clock {
  private time: number;
  private order = 0;
  private timers: Timer[] = [];
  private seed: number;

  constructor(start = Date.UTC(2026, 0, 1), seed = 1) {
    this.time = start;
    this.seed = seed;
  }

  now(): number {
    return this.time;
  }

  /** A small linear congruential generator: the same numbers for the same seed. */
  random(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 2 ** 32;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.timers = this.timers.filter((each) => each !== timer);
        reject(signal?.reason);
      };
      const timer: Timer = {
        at: this.time + Math.max(0, ms),
        order: this.order++,
        fire: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.timers.push(timer);
    });
  }

  /** Runs until the promise settles, moving time to the next timer whenever nothing else is left to do. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const end = this.time + LONGEST_MS;
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    for (let waits = 0; ; waits += 1) {
      await quiet();
      if (settled) {
        return promise;
      }
      if (this.time > end || waits > MOST_WAITS) {
        throw new Error(`time ran on for ${Math.round((this.time - end + LONGEST_MS) / 1000)} s, and nothing ended it`);
      }
      this.step();
    }
  }

  private step(): void {
    const next = this.timers.reduce<Timer | undefined>(
      (best, each) =>
        best === undefined || each.at < best.at || (each.at === best.at && each.order < best.order) ? each : best,
      undefined,
    );
    if (next === undefined) {
      throw new Error("everybody waits, and no timer is set");
    }
    this.timers = this.timers.filter((each) => each !== next);
    this.time = Math.max(this.time, next.at);
    next.fire();
  }
}

/** Lets all promises and immediates run that can. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
