import { Failure } from "../base/errors";
import type { LiveStreamMonitor } from "../live/types";
import { isAutomaticName, isNameOfStack, isSameName, namesOf, type Owner, ownerFromUrn } from "../model/names";
import { givenName, type MonitorState } from "../model/state";

/** Another resource has adopted the session, so this resource must not stop or delete it. */
export class TakenOver extends Failure {
  constructor({ MonitorId, MonitorName }: LiveStreamMonitor) {
    super(
      `Session ${MonitorId} was not deleted: its name is ${MonitorName} now, so another resource has adopted it. Only this entry leaves the state. If no stack manages that session any more, it may run and cost money: delete it in the console.`,
    );
  }
}

/**
 * Whether another resource has adopted a session. Only a *change* to a generated name of another owner shows that: after a
 * rename of the stack, or an alias, the resource's own session still has the old generated name.
 */
export function isTakenOver(live: LiveStreamMonitor, old: MonitorState, urns: readonly unknown[]): boolean {
  const { MonitorName: name } = live;
  const given = givenName(old);
  if (given === undefined || !name || !isAutomaticName(name) || isSameName(name, given)) {
    return false;
  }
  // An update may have renamed the session, and then failed to save that.
  return !ownersOf(urns).some((owner) => namesOf(owner)(name));
}

function ownersOf(urns: readonly unknown[]): Owner[] {
  return urns.flatMap((urn) => (typeof urn === "string" ? (ownerFromUrn(urn) ?? []) : []));
}

/**
 * Which resources of the stack manage which sessions, as far as this process knows. A session has one owner: of two, each would
 * delete it under the other. Pulumi asks for a `diff` of every resource that stays, and for none of one that goes; that is
 * how a declared resource is told from one that leaves.
 */
export class Ownership {
  /** Every session that is in the state. */
  readonly known = new Set<string>();
  /** Whether a session may have another owner by now than the state says: a create of this process was to adopt one. */
  hasServedAdoption = false;
  /**
   * Whether the stack's program runs, as in an `up`. A `check` shows it. A delete asks the engine while this is `undefined`:
   * if all resources have left the program, no `check` comes.
   */
  isProgramRunning: boolean | undefined;
  private readonly owners = new Map<string, readonly string[]>();
  private readonly adopted = new Set<string>();

  /** The session is in the state; whether its resource is still declared is not known. */
  see(monitorId: string): void {
    this.known.add(monitorId);
  }

  /** A declared resource manages the session. It may have another URN now than in the state, so there may be two. */
  register(monitorId: string, urns: readonly (string | undefined)[]): void {
    const other = this.otherOwner(monitorId, urns);
    if (other !== undefined) {
      throw new Failure(
        `Session ${monitorId} is managed by two resources of this stack: ${String(urns.at(-1))} and ${other}. Each would change and delete it for both, so nothing was done. Remove one of them from the program and run \`pulumi up\`: its entry leaves the state then, and the session stays with the other.`,
        "two-owners",
      );
    }
    this.see(monitorId);
    this.owners.set(
      monitorId,
      urns.filter((urn) => urn !== undefined),
    );
  }

  /** A resource takes over a session that exists already. */
  adopt(live: LiveStreamMonitor, urn: string | undefined, isUnderExplicitProvider: boolean): void {
    const { MonitorId: monitorId } = live;
    if (isUnderExplicitProvider && !this.known.has(monitorId)) {
      refuseNeighbours(live, urn);
    }
    if (this.owners.has(monitorId)) {
      throw new Failure(
        `Session ${monitorId} cannot be adopted: a resource of this stack manages it already. Nothing was changed. Declare it once; to replace that resource, remove \`adopt\` first (it has done its work).`,
        "two-owners",
      );
    }
    this.register(monitorId, [urn]);
    this.adopted.add(monitorId);
  }

  /** The resource that manages a session from now on, if it is not the one that is about to be deleted. */
  currentOwner(monitorId: string, urn: string | undefined): string | undefined {
    return this.adopted.has(monitorId) ? this.owners.get(monitorId)?.at(-1) : this.otherOwner(monitorId, [urn]);
  }

  private otherOwner(monitorId: string, urns: readonly (string | undefined)[]): string | undefined {
    const owners = this.owners.get(monitorId) ?? [];
    const isSame = urns.every((urn) => urn === undefined) || owners.some((each) => urns.includes(each));
    return isSame ? undefined : owners.at(-1);
  }
}

/**
 * Refuses to adopt a session with the generated name of another resource of the same stack. That resource may run in another
 * plugin process, and nothing would tell it that its session was adopted.
 */
function refuseNeighbours(live: LiveStreamMonitor, urn: string | undefined): void {
  const [owner] = ownersOf([urn]);
  const name = live.MonitorName ?? "";
  if (owner !== undefined && isNameOfStack(owner, name) && !namesOf(owner)(name)) {
    throw new Failure(
      `Session ${live.MonitorId} cannot be adopted: its name ${name} is that of another resource of this stack. That resource may still manage it; an explicit provider cannot know. Nothing was changed. If that resource is this one under an earlier name, remove \`adopt\` and give this one \`aliases\` with that name. If no resource manages the session, give it another name in the console, then run the command again.`,
      "two-owners",
    );
  }
}
