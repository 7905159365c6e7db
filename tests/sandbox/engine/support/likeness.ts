import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { playOnPulumi } from "./pulumi-cli";
import { playOnSandbox } from "./sandbox-engine";
import type { Outcome, Scenario } from "./scenario";

/**
 * Holds this engine against what the Pulumi CLI made of the same scenarios: states, calls of the provider, counts, errors and
 * warnings. With RECORD=1, and a `pulumi` on the PATH, what it makes of them is recorded anew.
 */
export function likeness(scenarios: Scenario[]): void {
  test.each(scenarios)(
    "$name",
    async (scenario) => {
      const recording = join(__dirname, "..", "recorded", `${scenario.name.replaceAll(/[^a-zA-Z]+/g, "-")}.json`);
      if (process.env.RECORD === "1") {
        mkdirSync(dirname(recording), { recursive: true });
        writeFileSync(recording, `${JSON.stringify(playOnPulumi(scenario))}\n`);
      }
      const recorded: Outcome[] = existsSync(recording) ? JSON.parse(readFileSync(recording, "utf8")) : [];
      const outcomes = await playOnSandbox(scenario);
      for (const [index, { run }] of scenario.steps.entries()) {
        const step = `${index + 1}. ${run}`;
        expect({ step, ...inOwnWords(outcomes[index]) }).toEqual({ step, ...inOwnWords(recorded[index]) });
      }
    },
    300_000,
  );
}

/** Both warn of the same operations that were cut off; Pulumi advises about AWS and `pulumi refresh`, the sandbox about itself. */
function inOwnWords(outcome: Outcome | undefined): Partial<Outcome> {
  const warnings = outcome?.warnings.map((text) =>
    text.includes(", interrupted while ") ? (text.match(/^ {2}\* .*$/gm) ?? []).sort().join("\n") : text,
  );
  return { ...outcome, ...(warnings === undefined ? {} : { warnings }) };
}
