/** Time and chance are injected, so that no test sleeps and any run can be repeated. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  // Never goes back, unlike the time of day: waits and the age of lists depend on it.
  now: () => performance.timeOrigin + performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    abortable(signal, (done) => {
      const timer = setTimeout(done, ms);
      return () => clearTimeout(timer);
    }),
};

/** Waits until `begin` is done, or rejects as soon as the signal aborts; what `begin` returns then ends its work. */
export function abortable(signal: AbortSignal | undefined, begin: (done: () => void) => () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      end();
      reject(signal?.reason);
    };
    // Before it begins, because it may be done at once.
    signal?.addEventListener("abort", onAbort, { once: true });
    const end = begin(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
  });
}

/** Waits for `promise` until the signal aborts. A late result is ignored. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
