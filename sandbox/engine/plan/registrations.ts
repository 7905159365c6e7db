import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { Context } from "../apply/context";
import type { Executor } from "../apply/executor";
import { Queue } from "../apply/slots";
import { Bail, refused } from "../errors";
import { configOf } from "../process/providers";
import type { ResourceState } from "../state/state";
import { isProviderType, isStack, packageOf, providerTypeOf } from "../urn";
import type { ProgramHandler, Registered } from "../wire/monitor";
import type { Values } from "../wire/values";
import { defaultProviderGoal, type Goal, goalOf, type Names, readGoalOf } from "./goal";
import type { Planner } from "./planner";

export interface RegistrationsOptions {
  context: Context;
  executor: Executor;
  planner: Planner;
  names: Names;
  /** The stack's configuration. */
  config: Values;
}

/**
 * Handles the program's registrations. Resources are planned one after the other, in the order in which the program declares them,
 * and their steps run in parallel. After a failure, nothing is answered: the program waits until it is ended.
 */
export class Registrations implements ProgramHandler {
  private readonly planning = new Queue();
  private readonly goals = new Map<string, Goal>();
  private readonly states = new Map<string, ResourceState>();
  /** References to the default providers, by package. */
  private readonly defaults = new Map<string, Promise<string>>();
  private stackOutputs: { urn: string; outputs: Values } | undefined;

  constructor(private readonly options: RegistrationsOptions) {}

  /** How many resources the program has declared, without the stack itself. */
  get declared(): number {
    return [...this.goals.values()].filter(({ urn, type }) => !isStack(urn) && !isProviderType(type)).length;
  }

  register(request: RegisterResourceRequest): Promise<Registered> {
    return this.guarded(async () => {
      const { names } = this.options;
      const goal = this.inherited(goalOf(request, names));
      const state = await this.settle(await this.withProvider(goal));
      const { urn, id = "", outputs = {} } = state;
      // A component sets its outputs itself, and those in the state may be outdated.
      return { urn, id, outputs: goal.custom ? outputs : {} };
    });
  }

  read(request: ReadResourceRequest): Promise<Registered> {
    return this.guarded(async () => {
      const { names } = this.options;
      const goal = await this.withProvider(readGoalOf(request, names));
      const { urn, id = "", outputs = {} } = await this.settle(goal);
      return { urn, id, outputs };
    });
  }

  registerOutputs(urn: string, outputs: Values): Promise<void> {
    return this.guarded(async () => {
      const { ledger } = this.options.context;
      if (isStack(urn)) {
        this.stackOutputs = { urn, outputs };
        return;
      }
      const state = this.states.get(urn);
      if (state !== undefined) {
        ledger.amend(state, { outputs });
        await ledger.save();
      }
    });
  }

  invoke(token: string, args: Values, provider: string): Promise<Values> {
    return this.guarded(async () => {
      const { context, names } = this.options;
      const name = packageOf(token);
      if (!names.packages.includes(name)) {
        throw refused(`the function ${token}`);
      }
      const plugin = await context.providers.get(provider || (await this.defaultOf(name)));
      return plugin === undefined ? {} : plugin.invoke(token, args);
    });
  }

  refuse(error: Error): void {
    this.fail(error, "");
  }

  /** Records the stack's outputs at the end. After a failure, missing outputs keep their old value. */
  finish(hasFailed: boolean): void {
    const state = this.stackOutputs && this.states.get(this.stackOutputs.urn);
    if (state !== undefined && this.stackOutputs !== undefined) {
      const { outputs } = this.stackOutputs;
      this.options.context.ledger.amend(state, { outputs: hasFailed ? { ...state.outputs, ...outputs } : outputs });
    }
  }

  /** Runs a request of the program. If it fails, the program gets no answer and waits. */
  private async guarded<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      this.fail(error, "");
      return new Promise<T>(() => {});
    }
  }

  private fail(error: unknown, urn: string): void {
    const { context, executor } = this.options;
    if (!(error instanceof Bail) && !executor.stopped) {
      context.report.error(error instanceof Error ? error.message : String(error), urn);
    }
    executor.stop();
  }

  /** Plans a resource and starts its steps. Resolves when they have ended, and never if one fails. */
  private settle(goal: Goal): Promise<ResourceState> {
    const { executor, planner } = this.options;
    this.goals.set(goal.urn, goal);
    return new Promise((resolve) => {
      const complete = (state: ResourceState) => {
        this.states.set(state.urn, state);
        resolve(state);
      };
      this.planning
        .run(async () => {
          if (!executor.stopped) {
            const { ended } = await executor.begin(await planner.plan(goal, complete));
            ended.catch((error: unknown) => this.fail(error, goal.urn));
          }
        })
        .catch((error: unknown) => this.fail(error, goal.urn));
    });
  }

  private inherited(goal: Goal): Goal {
    const parent = this.goals.get(goal.parent);
    if (parent === undefined) {
      return goal;
    }
    const providers = goal.custom ? goal.providers : { ...parent.providers, ...goal.providers };
    return {
      ...goal,
      providers,
      protect: goal.protect ?? parent.protect,
      retainOnDelete: goal.retainOnDelete ?? parent.retainOnDelete,
      deletedWith: goal.deletedWith || parent.deletedWith,
      provider: goal.provider || providers[packageOf(goal.type)] || parent.providers[packageOf(goal.type)] || "",
    };
  }

  private async withProvider(goal: Goal): Promise<Goal> {
    if (!goal.custom || isProviderType(goal.type)) {
      return { ...goal, provider: "" };
    }
    if (goal.provider !== "") {
      return goal;
    }
    return { ...goal, provider: await this.defaultOf(packageOf(goal.type)) };
  }

  /** Declares the default provider of a package, when the first resource without a provider comes. */
  private defaultOf(name: string): Promise<string> {
    const { config, names } = this.options;
    const declare = async () => {
      const { urn, id } = await this.settle(defaultProviderGoal(providerTypeOf(name), configOf(name, config), names));
      return `${urn}::${id}`;
    };
    const reference = this.defaults.get(name) ?? declare();
    this.defaults.set(name, reference);
    return reference;
  }
}
