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
        expect({ step, ...outcomes[index] }).toEqual({ step, ...recorded[index] });
      }
    },
    300_000,
  );
}
