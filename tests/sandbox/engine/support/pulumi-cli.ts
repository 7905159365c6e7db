import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callsOf, NormalForm, pendingOperations } from "./normal-form";
import type { RawState } from "./raw-state";
import type { Outcome, Scenario, Step } from "./scenario";
import { Stage } from "./stage";

interface CliEvent {
  summaryEvent?: { resourceChanges?: Record<string, number> };
  diagnosticEvent?: { severity: string; message: string; urn?: string; ephemeral?: boolean };
}

/** Puts a scenario through the real Pulumi CLI, as found on the PATH. */
export function playOnPulumi(scenario: Scenario): Outcome[] {
  const stage = new Stage();
  const home = join(stage.root, "home");
  mkdirSync(home);
  const env = {
    ...stage.env,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${home}`,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DEBUG_COMMANDS: "1",
  };
  const pulumi = (...args: string[]) => {
    const result = spawnSync("pulumi", [...args, "--non-interactive"], { cwd: stage.project, env, encoding: "utf8" });
    return { ok: result.status === 0, stdout: result.stdout, stderr: result.stderr };
  };
  const must = (...args: string[]) => {
    const { ok, stdout, stderr } = pulumi(...args);
    if (!ok) {
      throw new Error(`pulumi ${args.join(" ")}: ${stderr}`);
    }
    return stdout;
  };
  const exported = (): RawState => JSON.parse(must("stack", "export", "--show-secrets", "--stack", "dev"));
  try {
    must("stack", "init", "dev");
    const form = new NormalForm();
    return scenario.steps.map((step, index) => {
      stage.prepare(step);
      for (const [key, value] of Object.entries(step.config ?? {})) {
        must(
          "config",
          "set",
          key,
          ...(typeof value === "string" ? [value] : ["--secret", value.secret]),
          "--stack",
          "dev",
        );
      }
      if (step.pending) {
        // Not by `stack import`: that drops operations which are pending.
        const path = join(home, ".pulumi", "stacks", "widgets", "dev.json");
        const file = JSON.parse(readFileSync(path, "utf8"));
        file.checkpoint.latest.pending_operations = pendingOperations(file.checkpoint.latest.resources, step.pending);
        writeFileSync(path, JSON.stringify(file));
      }
      const log = join(stage.root, "events.log");
      rmSync(log, { force: true });
      const { ok } = pulumi(...argumentsOf(step), "--stack", "dev", "--event-log", log);
      const events = readEvents(log);
      const said = (severity: string) =>
        events.flatMap(({ diagnosticEvent: each }) =>
          each?.severity === severity && !each.ephemeral ? [each.message] : [],
        );
      return {
        ok,
        changes: events.map((each) => each.summaryEvent?.resourceChanges).find((each) => each !== undefined) ?? {},
        errors: said("error").map((each) => form.text(each, stage)),
        warnings: said("warning").map((each) => form.text(each, stage)),
        calls: callsOf(stage, form),
        state: form.state(exported(), index, stage),
      };
    });
  } finally {
    stage.remove();
  }
}

function argumentsOf({ run, refresh }: Step): string[] {
  const flags = ["--parallel", "1", ...(refresh ? ["--refresh"] : [])];
  return run === "preview" ? ["preview", ...flags] : [run, "--yes", "--skip-preview", ...flags];
}

function readEvents(log: string): CliEvent[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
