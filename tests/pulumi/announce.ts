import { findPulumi } from "../stack/harness/pulumi-engine";

/** Says in one line, at the start of a run, whether there is a Pulumi CLI, and what that means. */
export default function announce(): void {
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
  process.stdout.write(`stack tests: ${found}; ${played}\n`);
}
