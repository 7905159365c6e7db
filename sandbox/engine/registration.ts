import { randomUUID } from "node:crypto";
import { deleteOne, dependsOn, refuseProtected } from "./deletion";
import type { Deployment } from "./deployment";
import { EngineError } from "./errors";
import type { Goal } from "./goal";
import type { Registered } from "./monitor";
import { keepIgnored, matchesAny } from "./paths";
import { InitError, type Plugin } from "./plugin";
import { defaultProviderUrn, isProviderType, requireDynamic } from "./plugins";
import { Queue } from "./slots";
import type { ResourceState } from "./state";
import { changedKeys, containsUnknown, UNKNOWN, type Values } from "./values";

type Execute = () => Promise<ResourceState>;

/**
 * Turns what the program registers into steps. Check and diff run one after the other, in the order of registration;
 * what they lead to runs side by side.
 */
export class Registrar {
  private readonly seen = new Set<string>();
  private readonly planning = new Queue();
  /** Resources that were deleted already because one that they depend on is replaced. */
  private readonly replaced = new Map<string, ResourceState>();
  private readonly oldUrns = new Map<string, string[]>();

  constructor(private readonly deployment: Deployment) {}

  aliasesOf(urn: string): string[] {
    return this.oldUrns.get(urn) ?? [];
  }

  async register(goal: Goal): Promise<Registered> {
    const execute = await this.planning.run(() => this.plan(goal));
    const state = await execute();
    return { urn: state.urn, id: state.id ?? "", outputs: state.outputs ?? {} };
  }

  private async plan(goal: Goal): Promise<Execute> {
    if (this.seen.has(goal.urn)) {
      throw new EngineError(`Duplicate resource URN "${goal.urn}"; try giving it a unique name.`);
    }
    this.seen.add(goal.urn);
    this.oldUrns.set(goal.urn, goal.aliases);
    const old = this.findOld(goal);
    if (!goal.custom) {
      return this.planComponent(goal, old);
    }
    requireDynamic(goal.type);
    if (isProviderType(goal.type)) {
      return this.planProvider(goal, old);
    }
    const provider = goal.provider === "" ? this.defaultProvider() : goal.provider;
    const plugin = await this.deployment.plugin(provider);
    const bound = { ...goal, provider };
    return goal.readId === undefined ? this.planCustom(bound, old, plugin) : this.planRead(bound, old, plugin);
  }

  private findOld(goal: Goal): ResourceState | undefined {
    const { deployment } = this;
    const find = (urn: string) => deployment.olds.find((each) => each.urn === urn && !each.delete);
    const old = find(goal.urn) ?? goal.aliases.map(find).find((each) => each !== undefined);
    if (old !== undefined && old.urn !== goal.urn) {
      deployment.olds = deployment.olds.map((each) => renameReferences(each, old.urn, goal.urn));
      return deployment.olds.find((each) => each.urn === goal.urn && !each.delete);
    }
    return old;
  }

  private planComponent(goal: Goal, old: ResourceState | undefined): Execute {
    const op = old === undefined ? "create" : changedKeys(old.inputs ?? {}, goal.inputs).length > 0 ? "update" : "same";
    const state = stateOf(goal, old, { outputs: old?.outputs ?? {} }, op !== "same");
    return () =>
      this.deployment.step(op, state, undefined, async () => {
        this.deployment.settle(old, state);
        this.deployment.checkpoint();
        return state;
      });
  }

  private planProvider(goal: Goal, old: ResourceState | undefined): Execute {
    const op = old === undefined ? "create" : changedKeys(old.inputs ?? {}, goal.inputs).length > 0 ? "update" : "same";
    const id = old?.id ?? (this.deployment.options.dryRun ? UNKNOWN : randomUUID());
    const state = stateOf(goal, old, { id, outputs: goal.inputs }, op !== "same");
    return () =>
      this.deployment.step(op, state, undefined, async () => {
        this.deployment.settle(old, state);
        this.deployment.checkpoint();
        return state;
      });
  }

  /** The provider that resources use which name none: the stack's whole configuration is its inputs. */
  private defaultProvider(): string {
    const { deployment } = this;
    const { stack, project } = deployment.options;
    const urn = defaultProviderUrn(stack, project.name);
    const settled = deployment.news.find((each) => each.urn === urn);
    if (settled !== undefined) {
      return `${urn}::${settled.id}`;
    }
    const old = deployment.olds.find((each) => each.urn === urn);
    const now = new Date().toISOString();
    const isSame = old !== undefined && changedKeys(old.inputs ?? {}, project.config).length === 0;
    const state: ResourceState = {
      urn,
      custom: true,
      id: old?.id ?? randomUUID(),
      type: "pulumi:providers:pulumi-nodejs",
      inputs: project.config,
      outputs: project.config,
      created: old?.created ?? now,
      modified: isSame ? (old.modified ?? now) : now,
    };
    deployment.settle(old, state);
    deployment.checkpoint();
    return `${urn}::${state.id}`;
  }

  private async planRead(goal: Goal, old: ResourceState | undefined, plugin: Plugin): Promise<Execute> {
    const { deployment } = this;
    const id = goal.readId ?? "";
    if (old !== undefined && !old.external) {
      throw new EngineError(`The resource ${goal.urn} is owned by this stack and cannot be read under the same name.`);
    }
    const isUnknown = containsUnknown(id) || containsUnknown(goal.inputs);
    const bare = stateOf({ ...goal, inputs: {} }, old, { id, external: true, outputs: goal.inputs }, true);
    return () =>
      deployment.step("read", bare, isUnknown ? undefined : "reading", async () => {
        const found = isUnknown
          ? { id, outputs: goal.inputs }
          : await plugin.read(goal.urn, id, goal.inputs, {}, goal.additionalSecretOutputs);
        if (found === undefined) {
          throw new EngineError(`resource '${id}' does not exist`);
        }
        const state = { ...bare, outputs: found.outputs };
        deployment.settle(old, state);
        return state;
      });
  }

  private async planCustom(goal: Goal, old: ResourceState | undefined, plugin: Plugin): Promise<Execute> {
    const owned = old?.external ? undefined : old;
    const wanted = owned === undefined ? goal.inputs : keepIgnored(goal.inputs, owned.inputs ?? {}, goal.ignoreChanges);
    const inputs = await this.check(goal, owned?.inputs ?? {}, wanted, plugin);
    if (owned === undefined) {
      return () => this.create({ ...goal, inputs }, old, plugin);
    }
    const { outputs = {}, inputs: oldInputs = {}, id = "" } = owned;
    const diff = await plugin.diff(goal.urn, id, outputs, oldInputs, inputs);
    const keys = diff.changes === "some" ? [] : changedKeys(oldInputs, inputs);
    const forced = keys.filter((key) => matchesAny(key, goal.replaceOnChanges));
    const isReplaced = diff.replaces.length > 0 || (diff.changes !== "none" && forced.length > 0);
    if (isReplaced) {
      const fresh = await this.check(goal, {}, wanted, plugin);
      const first = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
      return () =>
        this.replace({ ...goal, inputs: fresh }, owned, plugin, first, [...new Set([...diff.replaces, ...keys])]);
    }
    const changes = diff.changes === "some" || (diff.changes === "unknown" && keys.length > 0);
    return changes || (owned.initErrors ?? []).length > 0
      ? () => this.update({ ...goal, inputs }, owned, plugin, keys)
      : () => this.keep({ ...goal, inputs }, owned);
  }

  private async check(goal: Goal, olds: Values, news: Values, plugin: Plugin): Promise<Values> {
    const { inputs, failures } = await plugin.check(goal.urn, olds, news);
    if (failures.length > 0) {
      for (const { property, reason } of failures) {
        this.deployment.fail(
          new EngineError(
            `${goal.type} resource '${goal.name}' has a problem: ${reason}. Examine values at '${goal.name}.${property}'.`,
          ),
          goal.urn,
        );
      }
      throw new EngineError("");
    }
    return inputs;
  }

  private create(goal: Goal, external: ResourceState | undefined, plugin: Plugin): Promise<ResourceState> {
    const { deployment } = this;
    const gone = this.replaced.get(goal.urn);
    const bare = stateOf(goal, undefined, {}, true);
    return deployment.step(gone === undefined ? "create" : "replace", bare, "creating", async () => {
      const state = await this.callCreate(goal, bare, plugin, external);
      deployment.settle(external, state);
      return state;
    });
  }

  private async callCreate(
    goal: Goal,
    bare: ResourceState,
    plugin: Plugin,
    old: ResourceState | undefined,
  ): Promise<ResourceState> {
    if (this.deployment.options.dryRun) {
      return { ...bare, outputs: goal.inputs };
    }
    try {
      const { id, outputs } = await plugin.create(goal.urn, goal.inputs, goal.additionalSecretOutputs);
      return { ...bare, id, outputs };
    } catch (error) {
      if (error instanceof InitError) {
        const { id, outputs, reasons } = error;
        this.deployment.settle(old, { ...bare, id, outputs, initErrors: reasons });
      }
      throw error;
    }
  }

  private keep(goal: Goal, old: ResourceState): Promise<ResourceState> {
    const { deployment } = this;
    const state = stateOf(goal, old, { id: old.id ?? "", outputs: old.outputs ?? {} }, false);
    return deployment.step("same", state, undefined, async () => {
      deployment.settle(old, state);
      deployment.checkpoint();
      return state;
    });
  }

  private update(goal: Goal, old: ResourceState, plugin: Plugin, keys: string[]): Promise<ResourceState> {
    const { deployment } = this;
    const { id = "", outputs = {}, inputs = {} } = old;
    const bare = stateOf(goal, old, { id, outputs }, true);
    const body = async (): Promise<ResourceState> => {
      if (deployment.options.dryRun) {
        return { ...bare, outputs: goal.inputs };
      }
      try {
        const updated = await plugin.update(goal.urn, id, outputs, inputs, goal.inputs, goal.additionalSecretOutputs);
        return { ...bare, outputs: updated };
      } catch (error) {
        if (error instanceof InitError) {
          deployment.settle(old, { ...bare, inputs, outputs: error.outputs, initErrors: error.reasons });
        }
        throw error;
      }
    };
    return deployment.step(
      "update",
      bare,
      "updating",
      async () => {
        const state = await body();
        deployment.settle(old, state);
        return state;
      },
      keys,
    );
  }

  private async replace(
    goal: Goal,
    old: ResourceState,
    plugin: Plugin,
    deleteFirst: boolean,
    keys: string[],
  ): Promise<ResourceState> {
    const { deployment } = this;
    refuseProtected(old);
    if (deleteFirst) {
      await this.deleteWithDependents(old);
    }
    const bare = stateOf(goal, undefined, {}, true);
    return deployment.step(
      "replace",
      bare,
      "creating",
      async () => {
        const state = await this.callCreate(goal, bare, plugin, undefined);
        deployment.settle(undefined, state);
        if (!deleteFirst) {
          deployment.exchange(old, { ...old, delete: true });
        }
        return state;
      },
      keys,
    );
  }

  /** Deletes a resource that is to be replaced, after those that would have to be replaced with it. */
  private async deleteWithDependents(root: ResourceState): Promise<void> {
    const { deployment } = this;
    const doomed = [root];
    for (const state of deployment.olds) {
      if (!doomed.includes(state) && !this.seen.has(state.urn) && doomed.some((each) => dependsOn(state, each))) {
        if (await this.mustBeReplaced(state, doomed)) {
          doomed.push(state);
        }
      }
    }
    const urns = new Set(doomed.map((each) => each.urn));
    for (const state of doomed.reverse()) {
      refuseProtected(state);
      await deleteOne(deployment, state, urns);
      this.replaced.set(state.urn, state);
    }
  }

  /** Asks the provider what it would do if the values that come from deleted resources were to change. */
  private async mustBeReplaced(state: ResourceState, doomed: ResourceState[]): Promise<boolean> {
    if (!state.custom || state.external || isProviderType(state.type)) {
      return false;
    }
    const urns = doomed.map((each) => each.urn);
    const inputs = Object.entries(state.inputs ?? {}).map(([key, value]) => {
      const isTouched = (state.propertyDependencies?.[key] ?? []).some((urn) => urns.includes(urn));
      return [key, isTouched ? UNKNOWN : value] as const;
    });
    if (!inputs.some(([, value]) => value === UNKNOWN)) {
      return false;
    }
    const plugin = await this.deployment.plugin(state.provider ?? "");
    const { urn, id = "", outputs = {}, inputs: oldInputs = {} } = state;
    const diff = await plugin.diff(urn, id, outputs, oldInputs, Object.fromEntries(inputs));
    return diff.replaces.length > 0;
  }
}

/** The state that a goal leads to. Times are kept where nothing changes. */
function stateOf(
  goal: Goal,
  old: ResourceState | undefined,
  own: Partial<ResourceState>,
  isChanged: boolean,
): ResourceState {
  const now = new Date().toISOString();
  const optional: Partial<ResourceState> = {
    ...(Object.keys(goal.inputs).length > 0 ? { inputs: goal.inputs } : {}),
    ...own,
    ...(goal.parent === "" ? {} : { parent: goal.parent }),
    ...(goal.protect ? { protect: true } : {}),
    ...(goal.dependencies.length > 0 ? { dependencies: goal.dependencies } : {}),
    ...(goal.provider === "" ? {} : { provider: goal.provider }),
    ...(goal.custom && goal.readId === undefined ? { propertyDependencies: goal.propertyDependencies } : {}),
    ...(goal.additionalSecretOutputs.length > 0 ? { additionalSecretOutputs: goal.additionalSecretOutputs } : {}),
    ...(goal.customTimeouts ? { customTimeouts: goal.customTimeouts } : {}),
    ...(goal.retainOnDelete ? { retainOnDelete: true } : {}),
    ...(goal.deletedWith === "" ? {} : { deletedWith: goal.deletedWith }),
    ...(goal.ignoreChanges.length > 0 ? { ignoreChanges: goal.ignoreChanges } : {}),
    ...(goal.replaceOnChanges.length > 0 ? { replaceOnChanges: goal.replaceOnChanges } : {}),
  };
  return {
    urn: goal.urn,
    custom: goal.custom,
    type: goal.type,
    ...optional,
    created: old?.created ?? now,
    modified: isChanged ? now : (old?.modified ?? now),
  };
}

/** A resource got another URN: everything that points at the old one points at the new one. */
function renameReferences(state: ResourceState, from: string, to: string): ResourceState {
  const rename = (urn: string) => (urn === from ? to : urn);
  const { parent, deletedWith, dependencies, propertyDependencies, provider } = state;
  return {
    ...state,
    urn: rename(state.urn),
    ...(parent === undefined ? {} : { parent: rename(parent) }),
    ...(deletedWith === undefined ? {} : { deletedWith: rename(deletedWith) }),
    ...(dependencies === undefined ? {} : { dependencies: dependencies.map(rename) }),
    ...(provider?.startsWith(`${from}::`) ? { provider: to + provider.slice(from.length) } : {}),
    ...(propertyDependencies === undefined
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([key, urns]) => [key, urns.map(rename)]),
          ),
        }),
  };
}
