import { Failure } from "../base/errors";
import type { LiveStreamMonitor } from "../live/types";
import { isAutomaticName, isNameOfStack, isSameName, namesOf, type Owner, ownerFromUrn } from "../model/names";
import type { MonitorState } from "../model/state";

/** Another resource has taken the session over, so it is not this one's to stop or delete. */
export class TakenOver extends Failure {
  constructor({ MonitorId, MonitorName }: LiveStreamMonitor) {
    super(
      `Session ${MonitorId} was not deleted: its name is ${MonitorName} now, so another resource has adopted it. Only this entry leaves the state. If no stack manages that session any more, it may run and cost money: delete it in the console.`,
    );
  }
}

/**
 * The name that a resource gave its session. A read records what the cloud shows, which may be the name that another resource
 * gave it since.
 */
export function givenName(old: MonitorState): string | undefined {
  return old.__given ?? old.__drift?.monitorName ?? old.monitorName;
}

/**
 * Whether another resource has adopted a session. Only a *change* to a generated name of another owner shows that: after a
 * rename of the stack, or an alias, the resource's own session still bears the old generated name.
 */
export function isTakenOver(live: LiveStreamMonitor, old: MonitorState, urns: readonly unknown[]): boolean {
  const { MonitorName: name } = live;
  const given = givenName(old);
  if (given === undefined || !name || !isAutomaticName(name) || isSameName(name, given)) {
    return false;
  }
  // An update may have renamed the session without the state learning of it.
  return !ownersOf(urns).some((owner) => namesOf(owner)(name));
}

/**
 * Refuses to adopt a session with the generated name of another resource of the same stack, where that resource may run in
 * another plugin process: nothing would tell it that its session was adopted. Processes share no memory, and a chosen name
 * tells nothing.
 */
export function refuseNeighbours(live: LiveStreamMonitor, urn: string | undefined): void {
  const [owner] = ownersOf([urn]);
  const name = live.MonitorName ?? "";
  if (owner !== undefined && isNameOfStack(owner, name) && !namesOf(owner)(name)) {
    throw new Failure(
      `Session ${live.MonitorId} cannot be adopted: its name ${name} is that of another resource of this stack. That resource may still manage it, and an explicit provider cannot see it. Nothing was changed. If it is this resource under an earlier name, remove \`adopt\` and give this resource \`aliases\` with that name. If no resource manages the session, give it another name in the console, then run the command again.`,
    );
  }
}

function ownersOf(urns: readonly unknown[]): Owner[] {
  return urns.flatMap((urn) => (typeof urn === "string" ? (ownerFromUrn(urn) ?? []) : []));
}
