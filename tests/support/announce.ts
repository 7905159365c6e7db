import { SEED, SHARE } from "../faults/share";
import { findPulumi } from "../stack/harness/pulumi-engine";

/** Says at the start of a run which share of the fault tests it plays, and whether there is a Pulumi CLI. */
export default function announce(): void {
  // Test files run in several processes: all must choose by the same seed.
  process.env.FAULT_SEED = String(SEED);
  process.stdout.write(`fault tests: ${SHARE * 100} % of the large tables (FAULT_SEED=${SEED} repeats this choice)\n`);
  process.stdout.write(`stack tests: ${stackEngines()}\n`);
}

function stackEngines(): string {
  const version = findPulumi();
  const onPulumi = process.env.STACK_ENGINE === "pulumi";
  if (onPulumi && version === undefined) {
    throw new Error(
      "There is no `pulumi` on the PATH, and these tests are for it. Install the Pulumi CLI, or run `npm test`.",
    );
  }
  const found = version === undefined ? "no pulumi on the PATH" : `pulumi ${version} is on the PATH`;
  const played = onPulumi
    ? "stacks are played on it and on the sandbox engine, and compared"
    : `stacks are played on the sandbox engine${version === undefined ? "" : "; `npm run test:pulumi` plays them on both"}`;
  return `${found}; ${played}`;
}
