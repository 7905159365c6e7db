// What the emulated cloud's journal tells of a run.

/** For a stack whose sessions run. */
export const RUNNING = { BENCH_RUNNING: "1" };

export const answered = (calls, action) =>
  calls.filter((call) => call.action === action && call.httpStatus === 200).length;
export const throttled = (calls) => calls.filter((call) => call.code.startsWith("Throttling")).length;

/** A row on which nothing, or not all, was done is no measurement. */
export function expect(what, found, wanted) {
  if (found !== wanted) {
    throw new Error(`${what}: ${found} instead of ${wanted}`);
  }
}
