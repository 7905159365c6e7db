import { exportState, runOperation } from "../../../../sandbox/engine";
import { callsOf, NormalForm, pendingOperations } from "./normal-form";
import type { RawState } from "./raw-state";
import type { Outcome, Scenario } from "./scenario";
import { PASSPHRASE, Stage } from "./stage";

/** Puts a scenario through this engine: in this process, with program and plugin in processes of their own. */
export async function playOnSandbox(scenario: Scenario): Promise<Outcome[]> {
  const stage = new Stage();
  try {
    const form = new NormalForm();
    const outcomes: Outcome[] = [];
    for (const [index, step] of scenario.steps.entries()) {
      stage.prepare(step);
      if (step.pending) {
        const { deployment } = stage.readState();
        stage.writeState({
          ...deployment,
          pending_operations: pendingOperations(deployment.resources ?? [], step.pending),
        });
      }
      const config = stage.config;
      const { ok, changes, diagnostics } = await runOperation({
        operation: step.run,
        cwd: stage.project,
        stateFile: stage.stateFile,
        parallel: 1,
        env: stage.env,
        config,
        ...(step.refresh ? { refresh: true } : {}),
      });
      const said = (severity: string) =>
        diagnostics.filter((each) => each.severity === severity).map((each) => form.text(each.message, stage));
      const env = { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
      const state = exportState({ stateFile: stage.stateFile, showSecrets: true, env }) as RawState;
      outcomes.push({
        ok,
        changes: Object.fromEntries(Object.entries(changes).filter(([, count]) => count > 0)),
        errors: said("error"),
        warnings: said("warning"),
        calls: callsOf(stage, form),
        state: form.state(state, index, stage),
      });
    }
    return outcomes;
  } finally {
    stage.remove();
  }
}
