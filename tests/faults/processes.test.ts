import * as fc from "fast-check";
import { playForReal } from "./processes/player";
import { SEED, SHARE } from "./share";
import { scripts } from "./simulation/arbitraries";

/**
 * A sample of the random scripts, through Pulumi's program runner, its plugin process, HTTP and real time: what holds in the
 * simulation must hold here. `FAULT_SAMPLE=50` takes more of them.
 */
const SAMPLE = Number(process.env.FAULT_SAMPLE ?? Math.ceil(4 * SHARE));

const sample = fc.sample(scripts(1), { numRuns: SAMPLE, seed: SEED });

test.concurrent.each(sample.map((script, i) => [i + 1, script] as const))(
  `script %i of ${SAMPLE} leaves nothing behind (FAULT_SEED=${SEED} repeats them)`,
  async (_number, script) => {
    const { broken, log } = await playForReal(script);
    if (broken.length > 0) {
      throw new Error(`${broken.join("\n")}\n${JSON.stringify(script, undefined, 1)}\n${log.join("\n")}`);
    }
  },
  600_000,
);
