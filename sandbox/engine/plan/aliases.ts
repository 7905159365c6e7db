import { EngineError } from "../errors";
import type { ResourceState } from "../state/state";
import { isStack, makeUrn, nameOf, typeOf } from "../urn";
import type { AliasSpec, Goal, Names } from "./goal";

/** Finds the old state of each declared resource, by its URN or by an alias. */
export class AliasBook {
  private readonly registered = new Set<string>();
  /** The current URN, by the old one. */
  private readonly renamed = new Map<string, string>();
  /** The old URN, by the current one. */
  private readonly before = new Map<string, string>();

  constructor(private readonly names: Names) {}

  /** Records that the program declared a resource. */
  register(goal: Goal): void {
    if (goal.parent !== "" && !this.registered.has(goal.parent)) {
      throw new EngineError(`could not find parent resource ${goal.parent}`);
    }
    if (this.registered.has(goal.urn)) {
      throw new EngineError(`Duplicate resource URN '${goal.urn}'; try giving it a unique name`);
    }
    this.registered.add(goal.urn);
  }

  /** The current URN of a resource in the state. */
  current(urn: string): string {
    return this.renamed.get(urn) ?? urn;
  }

  /** Returns the resource's old state, and the alias under which it was found, if any. */
  find(goal: Goal, olds: ReadonlyMap<string, ResourceState>): { old?: ResourceState; alias?: string } {
    const own = olds.get(goal.urn);
    if (own !== undefined) {
      return { old: own };
    }
    for (const alias of this.aliasesOf(goal)) {
      const old = olds.get(alias);
      if (old !== undefined) {
        this.claim(alias, goal.urn);
        return { old, alias };
      }
    }
    return {};
  }

  private claim(alias: string, urn: string): void {
    const other = this.registered.has(alias) ? urn : this.renamed.get(alias);
    if (other !== undefined) {
      throw new EngineError(
        `Duplicate resource alias '${alias}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
      );
    }
    this.renamed.set(alias, urn);
    this.before.set(urn, alias);
  }

  /** Every URN that a resource may have had, by its own aliases and by those of its parent. */
  private aliasesOf({ type, name, parent, aliases }: Goal): string[] {
    const own = aliases.map((alias) => this.resolve(alias, type, name, parent));
    const parentAlias = this.before.get(parent);
    if (parentAlias === undefined) {
      return [...new Set(own)];
    }
    const inherit = (childType: string, childName: string) =>
      makeUrn(
        this.names.stack,
        this.names.project,
        parentAlias,
        childType,
        renameChild(childName, parent, parentAlias),
      );
    return [...new Set([...own, inherit(type, name), ...own.map((urn) => inherit(typeOf(urn), nameOf(urn)))])];
  }

  private resolve(alias: AliasSpec, type: string, name: string, ownParent: string): string {
    if (alias.urn !== undefined) {
      return alias.urn;
    }
    const named = alias.parent === undefined ? ownParent : (this.before.get(alias.parent) ?? alias.parent);
    const parent = alias.noParent || isStack(named) ? "" : named;
    const { stack, project } = this.names;
    return makeUrn(alias.stack ?? stack, alias.project ?? project, parent, alias.type ?? type, alias.name ?? name);
  }
}

/** If a child's name begins with its parent's name, its old name began with the parent's old name. */
function renameChild(name: string, parent: string, parentAlias: string): string {
  const now = nameOf(parent);
  return name.startsWith(now) ? nameOf(parentAlias) + name.slice(now.length) : name;
}
