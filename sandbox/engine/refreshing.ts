import { type Deployment, Halted } from "./deployment";
import { isProviderType } from "./plugins";
import type { ResourceState } from "./state";
import { changedKeys } from "./values";

/** Reads every resource, and takes over into the state what is there now. What is gone leaves the state. */
export async function refreshAll(deployment: Deployment): Promise<void> {
  const results = await Promise.allSettled(deployment.olds.map((state) => refreshOne(deployment, state)));
  dropMissingDependencies(deployment);
  deployment.checkpoint();
  const failure = results.find((result) => result.status === "rejected" && !(result.reason instanceof Halted));
  if (failure?.status === "rejected") {
    throw failure.reason;
  }
}

async function refreshOne(deployment: Deployment, state: ResourceState): Promise<void> {
  if (!state.custom || state.delete || isProviderType(state.type)) {
    return;
  }
  const { urn, id = "", outputs = {}, inputs = {}, additionalSecretOutputs = [] } = state;
  await deployment.step("refresh", state, undefined, async () => {
    const plugin = await deployment.plugin(state.provider ?? "");
    const found = await plugin.read(urn, id, outputs, inputs, additionalSecretOutputs);
    if (found === undefined) {
      deployment.settle(state, undefined);
      deployment.options.emit({ type: "resource", urn, op: "delete", phase: "end" });
      deployment.changes.delete += 1;
      return;
    }
    const { initErrors: _settled, ...rest } = state;
    const keys = changedKeys(outputs, found.outputs);
    const now = keys.length > 0 ? { modified: new Date().toISOString() } : {};
    deployment.exchange(state, {
      ...rest,
      id: found.id,
      outputs: found.outputs,
      inputs: found.inputs ?? inputs,
      ...now,
    });
    const op = keys.length > 0 ? "update" : "same";
    deployment.changes[op] += 1;
    deployment.options.emit({ type: "resource", urn, op, phase: "end", keys });
  });
  deployment.checkpoint();
}

/** Nothing may depend on what is no longer in the state. */
function dropMissingDependencies(deployment: Deployment): void {
  const urns = new Set(deployment.olds.map((state) => state.urn));
  const exists = (urn: string) => urns.has(urn);
  deployment.olds = deployment.olds.map((state) => {
    const properties = Object.entries(state.propertyDependencies ?? {});
    const isWhole = (state.dependencies ?? []).every(exists) && properties.every(([, list]) => list.every(exists));
    return isWhole
      ? state
      : {
          ...state,
          dependencies: state.dependencies?.filter(exists) ?? [],
          propertyDependencies: Object.fromEntries(properties.map(([key, list]) => [key, list.filter(exists)])),
        };
  });
}
