import type { Clock } from "./clock";
import { load } from "./loading";

export interface RetryOptions {
  clock: Clock;
  /** The deadline: when it aborts, the loop ends at once with its reason. */
  signal: AbortSignal;
  /** Whether this failure is worth another attempt. */
  worth(error: unknown): boolean;
  /** Whether a queue makes the next attempt wait: then there is no wait here. */
  isPaced?(error: unknown): boolean;
  /** Called before each wait for another attempt. */
  onRetry?(error: unknown, waitMs: number): void;
}

/** Where a queue makes the next attempt wait, this keeps a broken queue from spinning. */
const PACED_MS = 100;
const WAIT_MS = { first: 500, longest: 10_000 };

/**
 * The one retry loop. p-retry counts and listens to the signal. The waits are made here, by the injected clock, because the
 * fault search plays whole days in virtual time: exponential backoff with jitter, so that many resources spread out.
 */
export async function retry<T>(attempt: (attemptNumber: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { default: pRetry } = load("p-retry", () => require("p-retry") as typeof import("p-retry"));
  const { clock, signal, worth, isPaced, onRetry } = options;
  // p-retry drops an answer when the signal aborts just after it. An answer of the cloud is never dropped.
  let answer: { value: T } | undefined;
  const remember = async (attemptNumber: number): Promise<T> => {
    answer = { value: await attempt(attemptNumber) };
    return answer.value;
  };
  return pRetry(remember, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    maxTimeout: 0,
    signal,
    shouldRetry: async ({ error, attemptNumber }) => {
      if (signal.aborted || !worth(error)) {
        return false;
      }
      const ceiling = Math.min(WAIT_MS.longest, WAIT_MS.first * 2 ** Math.min(attemptNumber - 1, 30));
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
