import type { Context } from "../apply/context";
import type { Executor } from "../apply/executor";
import type { Step } from "../apply/step";
import { deleteStep, forgetStep } from "../apply/steps";
import { dependenciesOf, type ResourceState } from "../state/state";

/** Which resources of the state the program keeps. */
export interface Kept {
  isKept(urn: string): boolean;
  isDeletedAlready(state: ResourceState): boolean;
  readonly deleted: Set<string>;
}

/** For a destroy, which keeps nothing. */
export function keepNothing(): Kept {
  return { isKept: () => false, isDeletedAlready: () => false, deleted: new Set() };
}

/**
 * Deletes resources that are in the state but not in the program, and those that were replaced. It works in rounds; each deletes
 * the resources that no remaining one depends on.
 */
export async function deleteOthers(context: Context, executor: Executor, kept: Kept): Promise<void> {
  const all = context.ledger.resources;
  const steps = new Map(stepsFor(context, kept).map((step) => [step.old as ResourceState, step]));
  const rounds = schedule(all, new Set(steps.keys()));
  for (const round of rounds) {
    const spared = executor.failed.flatMap(({ old }) => (old ? [...transitive(all, old)] : []));
    const doable = round.filter((state) => !spared.includes(state));
    await executor.all(doable.map((state) => steps.get(state) as Step));
    if (executor.stopped) {
      return;
    }
  }
}

function stepsFor(context: Context, kept: Kept): Step[] {
  const { deleted } = kept;
  return context.ledger.olds.flatMap((state) => {
    if (state.delete) {
      if (kept.isDeletedAlready(state)) {
        return [];
      }
      deleted.add(state.urn);
      return [deleteStep(context, state, "delete-replaced", () => deleted)];
    }
    if (kept.isKept(state.urn)) {
      return [];
    }
    deleted.add(state.urn);
    return [
      state.pendingReplacement ? forgetStep(context, state) : deleteStep(context, state, "delete", () => deleted),
    ];
  });
}

/** Groups resources into rounds of deletes, dependents first. */
function schedule(all: ResourceState[], doomed: Set<ResourceState>): ResourceState[][] {
  const needs = new Map([...doomed].map((state) => [state, directDependencies(all, state)]));
  const rounds: ResourceState[][] = [];
  const left = new Set(doomed);
  while (left.size > 0) {
    const round = [...left].filter((state) => ![...(needs.get(state) ?? [])].some((each) => left.has(each)));
    for (const state of round) {
      left.delete(state);
    }
    rounds.push(round);
  }
  return rounds.reverse();
}

/** The resources before it in the state that it needs: its dependencies, its parent, and everything inside a component. */
function directDependencies(all: ResourceState[], state: ResourceState): Set<ResourceState> {
  const urns = dependenciesOf(state);
  const before = all.slice(0, all.indexOf(state));
  const direct = before.filter(({ urn }) => urns.has(urn) || urn === state.parent);
  const components = new Set(direct.filter((each) => !each.custom && urns.has(each.urn)).map((each) => each.urn));
  return new Set([...direct, ...before.filter((each) => isInside(all, each, components))]);
}

function isInside(all: ResourceState[], state: ResourceState, components: ReadonlySet<string>): boolean {
  if (components.size === 0 || !state.parent) {
    return false;
  }
  const parent = all.find((each) => each.urn === state.parent);
  return components.has(state.parent) || (parent !== undefined && isInside(all, parent, components));
}

/** Everything that a resource needs, directly or indirectly. */
function transitive(all: ResourceState[], state: ResourceState): Set<ResourceState> {
  const found = new Set<ResourceState>();
  const visit = (each: ResourceState) => {
    for (const other of directDependencies(all, each)) {
      if (!found.has(other)) {
        found.add(other);
        visit(other);
      }
    }
  };
  visit(state);
  return found;
}
