import { type Deployment, Halted } from "./deployment";
import { EngineError } from "./errors";
import { isProviderType, providerUrn } from "./plugins";
import type { ResourceState } from "./state";

/** Deletes resources, each after everything that depends on it, as many at a time as allowed. */
export async function deleteAll(deployment: Deployment, doomed: ResourceState[]): Promise<void> {
  for (const state of doomed) {
    refuseProtected(state);
  }
  const deleted = new Map<ResourceState, Promise<void>>();
  const urns = new Set(doomed.map((state) => state.urn));
  const start = (state: ResourceState): Promise<void> => {
    const known = deleted.get(state);
    if (known !== undefined) {
      return known;
    }
    const dependents = doomed.filter((each) => each !== state && dependsOn(each, state));
    const done = Promise.all(dependents.map(start)).then(() => deleteOne(deployment, state, urns));
    deleted.set(state, done);
    return done;
  };
  const results = await Promise.allSettled(doomed.map(start));
  const failure = results.find((result) => result.status === "rejected" && !(result.reason instanceof Halted));
  if (failure?.status === "rejected") {
    throw failure.reason;
  }
}

/** One delete. What the stack does not own, and what is to be retained, only leaves the state. */
export async function deleteOne(
  deployment: Deployment,
  state: ResourceState,
  doomed: ReadonlySet<string>,
): Promise<void> {
  if (state.external || isProviderType(state.type)) {
    if (deployment.halted) {
      throw new Halted();
    }
    deployment.settle(state, undefined);
    deployment.checkpoint();
    return;
  }
  const { custom, retainOnDelete, deletedWith } = state;
  const isCalled = custom && !retainOnDelete && !(deletedWith !== undefined && doomed.has(deletedWith));
  await deployment.step("delete", state, isCalled ? "deleting" : undefined, async () => {
    if (isCalled && !deployment.options.dryRun) {
      const plugin = await deployment.plugin(state.provider ?? "");
      await plugin.delete(state.urn, state.id ?? "", state.outputs ?? {}, state.inputs ?? {});
    }
    deployment.settle(state, undefined);
  });
  deployment.checkpoint();
}

export function dependsOn(state: ResourceState, other: ResourceState): boolean {
  return (
    state.parent === other.urn ||
    state.deletedWith === other.urn ||
    (state.provider !== undefined && providerUrn(state.provider) === other.urn) ||
    (state.dependencies?.includes(other.urn) ?? false)
  );
}

export function refuseProtected(state: ResourceState): void {
  if (state.protect) {
    throw new EngineError(
      `The resource ${state.urn} cannot be deleted, because it is protected. Nothing was deleted. Remove the \`protect\` option and run \`up\`, then try again.`,
    );
  }
}
