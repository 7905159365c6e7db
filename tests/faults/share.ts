import * as fc from "fast-check";

/** Of the large tables of faults a run plays this share: a twelfth in `npm test`, all in `npm run test:all`, as in CI. */
export const SHARE = Number(process.env.FAULT_SHARE ?? 0.08);
/** Chooses the share, and the random scripts. A run prints it at its start; `FAULT_SEED=…` repeats that run. */
export const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31);

if (!(SHARE > 0 && SHARE <= 1) || !Number.isInteger(SEED)) {
  throw new Error("FAULT_SHARE must be above 0 and at most 1, and FAULT_SEED a whole number");
}

/** The cases that this run plays. */
export function share<T>(cases: readonly T[]): T[] {
  const length = Math.ceil(cases.length * SHARE);
  const subset = fc.shuffledSubarray([...cases], { minLength: length, maxLength: length });
  return fc.sample(subset, { seed: SEED, numRuns: 1 })[0] as T[];
}
