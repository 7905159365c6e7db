import { type Context, diffOf, ignoredInVain, providerOf, withReplaceOnChanges } from "../apply/context";
import type { Complete, Step } from "../apply/step";
import { createStep, deleteStep, readStep, replaceStep, sameStep, updateStep } from "../apply/steps";
import { Bail } from "../errors";
import { type ResourceState, timesOf } from "../state/state";
import { keepIgnored, keysOf } from "../wire/paths";
import type { Diff, ResourceProvider } from "../wire/provider";
import { containsSecret, sameValue, type Value, type Values } from "../wire/values";
import { AliasBook } from "./aliases";
import type { Kept } from "./deletion";
import type { Goal, Names } from "./goal";
import { cascade } from "./replacement";

/** Plans the steps from the state to the program, one resource at a time as the program declares them. */
export class Planner {
  private readonly names: AliasBook;
  private readonly olds: ReadonlyMap<string, ResourceState>;
  /** URNs for which the plan is final. */
  private readonly settled = new Set<string>();
  private readonly replaced = new Set<string>();
  /** URNs that are deleted, and that the program may still declare again. */
  private readonly deleted = new Set<string>();
  private readonly deletedStates = new Set<ResourceState>();

  constructor(
    private readonly context: Context,
    names: Names,
  ) {
    this.names = new AliasBook(names);
    this.olds = new Map(context.ledger.olds.filter((each) => !each.delete).map((each) => [each.urn, each]));
  }

  /** Which resources of the state the program keeps. */
  asKept(): Kept {
    return {
      isKept: (urn) => this.settled.has(this.names.current(urn)),
      isDeletedAlready: (state) => this.deletedStates.has(state),
      deleted: this.deleted,
    };
  }

  async plan(goal: Goal, complete: Complete): Promise<Step[]> {
    this.names.register(goal);
    const { old, alias } = this.names.find(goal, this.olds);
    const next: ResourceState = { ...stateOf(goal, old), ...(alias === undefined ? {} : { aliases: [alias] }) };
    if (goal.readId !== undefined) {
      return this.planRead(goal, old, next, complete);
    }
    const provider = await providerOf(this.context, next);
    const isRecreated = this.deleted.has(goal.urn);
    const comparable = old === undefined || old.external || isRecreated ? undefined : old;
    const inputs = comparable === undefined ? goal.inputs : this.withoutIgnored(goal, comparable);
    next.inputs = await this.check(goal, provider, comparable?.inputs ?? {}, inputs);
    const subject = { context: this.context, next, provider, complete };
    if (old === undefined) {
      this.settled.add(goal.urn);
      return [createStep({ ...subject, op: "create" })];
    }
    if (isRecreated) {
      this.deleted.delete(goal.urn);
      this.markReplaced(goal.urn);
      return [replaceStep(old, next, []), createStep({ ...subject, op: "create-replacement", old })];
    }
    if (old.external) {
      this.settled.add(goal.urn);
      return [
        createStep({ ...subject, op: "create-replacement", old, deletesLater: true }),
        replaceStep(old, next, []),
      ];
    }
    const diff = withReplaceOnChanges(await this.diff(goal, old, next, provider), goal.replaceOnChanges);
    if ((diff.changes && diff.replaces.length > 0) || old.pendingReplacement) {
      return this.planReplacement(goal, old, next, provider, diff, complete);
    }
    this.settled.add(goal.urn);
    return diff.changes || (old.initErrors ?? []).length > 0
      ? [updateStep({ ...subject, old, keys: keysOf(diff.paths) })]
      : [sameStep({ ...subject, old })];
  }

  private planRead(goal: Goal, old: ResourceState | undefined, next: ResourceState, complete: Complete): Step[] {
    const isReplaced = old !== undefined && !old.external && old.id !== goal.readId;
    const read = readStep({ context: this.context, next, complete, ...(old ? { old } : {}), isReplaced });
    if (isReplaced) {
      this.markReplaced(goal.urn);
      return [read, replaceStep(old, next, [])];
    }
    this.settled.add(goal.urn);
    return [read];
  }

  private async planReplacement(
    goal: Goal,
    old: ResourceState,
    next: ResourceState,
    provider: ResourceProvider | undefined,
    diff: Diff,
    complete: Complete,
  ): Promise<Step[]> {
    const { context } = this;
    if (next.protect && old.protect) {
      context.report.error(
        `unable to replace resource "${goal.urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``,
        goal.urn,
      );
      if (!context.isPreview) {
        throw new Bail();
      }
    }
    this.markReplaced(goal.urn);
    // The defaults of the old resource do not apply to the new one.
    next.inputs = await this.check(goal, provider, {}, goal.inputs);
    const keys = [...new Set([...diff.replaces, ...keysOf(diff.paths)])];
    const subject = { context, next, provider, complete, old, keys };
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return [createStep({ ...subject, op: "create-replacement", deletesLater: true }), replaceStep(old, next, keys)];
    }
    const dependents = await cascade(context, old, (urn) => this.settled.has(urn) || this.deleted.has(urn));
    const deletes = dependents.filter((each) => !this.deletedStates.has(each)).reverse();
    return [
      ...deletes.map((each) => this.deleteFirst(each, goal.urn)),
      ...(old.pendingReplacement ? [] : [this.deleteFirst(old, goal.urn)]),
      replaceStep(old, next, keys),
      createStep({ ...subject, op: "create-replacement" }),
    ];
  }

  /** Deletes a resource before its replacement is created, or before one that it depends on is replaced. */
  private deleteFirst(state: ResourceState, cause: string): Step {
    const { context } = this;
    if (state.protect && !state.delete && state.urn !== cause) {
      context.report.error(
        `unable to replace resource "${state.urn}" as part of replacing "${cause}" as it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${state.urn}'\``,
        cause,
      );
      throw new Bail();
    }
    this.deletedStates.add(state);
    if (state.urn !== cause) {
      this.deleted.add(state.urn);
    }
    const doomed = () => new Set([...this.deleted, cause]);
    return deleteStep(context, state, state.delete ? "delete" : "delete-replaced", doomed, !state.delete);
  }

  private markReplaced(urn: string): void {
    this.settled.add(urn);
    this.replaced.add(urn);
  }

  private withoutIgnored({ urn, inputs, ignoreChanges }: Goal, old: ResourceState): Values {
    return keepIgnored(inputs, old.inputs ?? {}, ignoreChanges, ignoredInVain(urn, this.context.report));
  }

  private async check(
    { urn, type, name }: Goal,
    provider: ResourceProvider | undefined,
    olds: Values,
    news: Values,
  ): Promise<Values> {
    if (provider === undefined) {
      return news;
    }
    const { inputs, failures } = await provider.check(urn, olds, news);
    for (const { property, reason } of failures) {
      const where = property === "" ? "" : `: property ${property} value {${shown(news[property])}}`;
      this.context.report.error(`${type} resource '${name}'${where} has a problem: ${reason}`, urn);
    }
    if (failures.length > 0) {
      throw new Bail();
    }
    return inputs;
  }

  private async diff(
    goal: Goal,
    old: ResourceState,
    next: ResourceState,
    provider: ResourceProvider | undefined,
  ): Promise<Diff> {
    const nothing: Diff = { changes: false, replaces: [], paths: [], deleteBeforeReplace: false };
    const { inputs: oldInputs = {}, outputs: oldOutputs = {}, id = "" } = old;
    const { inputs: news = {} } = next;
    if (this.replaced.has(goal.deletedWith)) {
      return { ...nothing, changes: true, replaces: ["deletedWith"] };
    }
    if (!old.provider !== !next.provider) {
      // A component cannot become a resource, nor a resource a component. Another provider of the same package is fine.
      return { ...nothing, changes: true, replaces: ["provider"] };
    }
    if (!next.custom) {
      return { ...nothing, changes: !sameValue(oldInputs, news) };
    }
    if (provider === undefined) {
      this.context.report.diagnose(
        "warning",
        "The provider for this resource has inputs that are not known during preview.\nThis preview may not correctly represent the changes that will be applied during an update.",
        goal.urn,
      );
      return { ...nothing, changes: true };
    }
    const { ignoreChanges } = goal;
    return diffOf(provider, { urn: goal.urn, id, oldInputs, oldOutputs, news, ignoreChanges }, this.context.report);
  }
}

/** The state of a declared resource, without what only the provider knows. */
function stateOf(goal: Goal, old: ResourceState | undefined): ResourceState {
  const { urn, type, custom, inputs, parent, dependencies, provider, propertyDependencies, readId } = goal;
  const isRead = readId !== undefined;
  return {
    urn,
    type,
    custom,
    inputs,
    parent,
    dependencies,
    provider,
    ...(propertyDependencies ? { propertyDependencies } : {}),
    ...(isRead ? { external: true, id: readId } : {}),
    protect: goal.protect ?? false,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
    ...(isRead ? {} : timesOf(old)),
  };
}

function shown(value: Value | undefined): string {
  return typeof value === "string" ? value : containsSecret(value ?? null) ? "[secret]" : JSON.stringify(value);
}
