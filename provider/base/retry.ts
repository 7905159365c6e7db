import type { Clock } from "./clock";
import { load } from "./loading";

export interface RetryOptions {
  clock: Clock;
  /** The deadline: the loop ends with the signal's reason as soon as it aborts, asleep or not. */
  signal: AbortSignal;
  /** Whether this failure is worth another attempt. */
  worth(error: unknown): boolean;
  /** Whether somebody else makes the next attempt wait, such as a queue: then there is no wait here. */
  isPaced?(error: unknown): boolean;
  /** Told of each failure that will be followed by another attempt, with the wait before it. */
  onRetry?(error: unknown, waitMs: number): void;
  /** How many further attempts at most; only the deadline ends them when absent. */
  retries?: number;
  /** First wait, in milliseconds. Default 500. */
  firstWaitMs?: number;
  /** Longest wait, in milliseconds. Default 10,000. */
  longestWaitMs?: number;
}

/** Where a queue makes the next attempt wait, only as long as keeps a broken queue from spinning. */
const PACED_MS = 100;

/**
 * The one retry loop. p-retry keeps count and listens to the signal; the waits are ours, because the clock is injected:
 * exponential with full jitter above half, so that a herd of resources spreads out.
 */
export async function retry<T>(attempt: (attemptNumber: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { default: pRetry } = load("p-retry", () => require("p-retry") as typeof import("p-retry"));
  const { clock, signal, worth, isPaced, onRetry, firstWaitMs = 500, longestWaitMs = 10_000 } = options;
  // p-retry throws an answer away when the signal aborts just after it came; an answer of the cloud is never thrown away.
  let answer: { value: T } | undefined;
  const remember = async (attemptNumber: number): Promise<T> => {
    answer = { value: await attempt(attemptNumber) };
    return answer.value;
  };
  return pRetry(remember, {
    retries: options.retries ?? Number.POSITIVE_INFINITY,
    minTimeout: 0,
    maxTimeout: 0,
    signal,
    shouldRetry: async ({ error, attemptNumber }) => {
      if (signal.aborted || !worth(error)) {
        return false;
      }
      const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attemptNumber - 1, 30));
      const waitMs = isPaced?.(error) ? PACED_MS : Math.round(ceiling * (0.5 + clock.random() / 2));
      onRetry?.(error, waitMs);
      await clock.sleep(waitMs, signal);
      return true;
    },
  }).catch((error: unknown) => {
    if (answer !== undefined) {
      return answer.value;
    }
    throw error;
  });
}
