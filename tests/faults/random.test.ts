import * as fc from "fast-check";
import { SEED, SHARE } from "./share";
import { scripts } from "./simulation/arbitraries";
import { play } from "./simulation/script";

/** Few enough for every run of the suite; `npm run torture` goes on for as long as it is told. */
const SCRIPTS = Number(process.env.FAULT_SCRIPTS ?? Math.ceil(400 * SHARE));

test(`${SCRIPTS} random fault scripts leave nothing behind (FAULT_SEED=${SEED} repeats them)`, async () => {
  await fc.assert(
    fc.asyncProperty(scripts(1), async (script) => {
      const { broken, log } = await play(script);
      if (broken.length > 0) {
        throw new Error(`${broken.join("\n")}\n${log.join("\n")}`);
      }
    }),
    { numRuns: SCRIPTS, seed: SEED, endOnFailure: false, interruptAfterTimeLimit: 100_000 },
  );
}, 150_000);
