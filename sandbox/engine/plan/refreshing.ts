import { type Context, diffOf, providerOf } from "../apply/context";
import type { Executor } from "../apply/executor";
import type { Step } from "../apply/step";
import type { ResourceState } from "../state/state";
import { isProviderType } from "../urn";
import { keysOf } from "../wire/paths";
import { sameValue } from "../wire/values";

/**
 * Reads every resource and records in the state what exists now. Resources that are gone leave the state.
 *
 * @param isCounted - whether the operation is a refresh, and not one that only refreshes first
 */
export async function refreshAll(context: Context, executor: Executor, isCounted: boolean): Promise<void> {
  await executor.all(context.ledger.olds.map((state) => refreshStep(context, state, isCounted)));
  context.ledger.mend();
  await context.ledger.save();
}

function refreshStep(context: Context, old: ResourceState, isCounted: boolean): Step {
  const { urn, id = "", inputs: oldInputs = {}, outputs: oldOutputs = {}, ignoreChanges = [] } = old;
  const { ledger, report } = context;
  const next: ResourceState = { ...old };
  let outcome: { op: "same" | "update" | "delete"; keys: string[] } = { op: "same", keys: [] };
  const apply = async () => {
    // The refresh may have changed it meanwhile, because a resource that it depends on is gone.
    Object.assign(next, old);
    if (!old.custom || isProviderType(old.type) || old.pendingReplacement) {
      return;
    }
    const provider = await providerOf(context, old);
    const live = await provider?.read(urn, id, oldInputs, oldOutputs);
    if (provider === undefined || live === undefined) {
      return;
    }
    if (live.initErrors) {
      const list = live.initErrors.map((each) => `\n* ${each}`).join("");
      report.diagnose("warning", `Refreshed resource is in an unhealthy state:${list}`, urn);
    }
    if (live.id === "") {
      outcome = { op: "delete", keys: [] };
      return;
    }
    const inputs = live.inputs ?? oldInputs;
    Object.assign(next, { id: live.id, inputs, outputs: live.outputs, initErrors: live.initErrors ?? [] });
    if (!sameValue(inputs, oldInputs) || !sameValue(live.outputs, oldOutputs)) {
      next.modified = new Date().toISOString();
    }
    if (old.external) {
      outcome = { op: sameValue(oldOutputs, live.outputs) ? "same" : "update", keys: [] };
      return;
    }
    // The difference that the next `up` would see if the program stayed the same.
    const subject = { urn, id: live.id, oldInputs: inputs, oldOutputs: live.outputs, news: oldInputs, ignoreChanges };
    const diff = await diffOf(provider, subject, report);
    outcome = { op: diff.changes ? "update" : "same", keys: keysOf(diff.paths) };
  };
  return {
    op: "refresh",
    urn,
    old,
    next,
    apply,
    record: () => {
      ledger.refresh(old, outcome.op === "delete" ? undefined : next);
      if (isCounted) {
        report.found(urn, outcome.op, outcome.keys);
      }
    },
  };
}
