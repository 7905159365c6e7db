import { Failure } from "../base/errors";
import { isObject, type LiveStreamMonitor } from "../live/types";
import { isAutomaticName, namesOf, ownerFromUrn } from "../model/names";
import type { Declared } from "../model/state";
import type { Access } from "./look";
import type { Operation } from "./operation";
import { fetchAgain } from "./verify-gone";

/** Finds the one session to adopt. */
export async function findAdoptee(inputs: Declared, access: Access): Promise<LiveStreamMonitor> {
  const { service, operation } = access;
  operation.enter("looking for the session to adopt");
  const { adopt, monitorName, domain } = inputs;
  if (adopt !== undefined && "monitorId" in adopt) {
    const { monitorId } = adopt;
    const seen = (await service.roster.fetch(monitorId, operation)) ?? (await fetchAgain(monitorId, access));
    if (seen === undefined) {
      throw new Failure(
        `There is no session ${monitorId} to adopt in region ${service.region} of this account. Nothing was changed. Correct \`adopt.monitorId\`, the region or the credentials, or remove \`adopt\` to create a new session.`,
        "adopt",
      );
    }
    return seen;
  }
  const found = await namesakes(inputs, access);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Failure(
      found.length === 0
        ? `There is no session named ${monitorName} on domain ${domain} to adopt in region ${service.region} of this account. Nothing was changed. Correct \`monitorName\` or \`domain\`, or remove \`adopt\` to create a new session.`
        : `${found.length} sessions are named ${monitorName} on domain ${domain} (${idsOf(found)}), so it is not clear which one to adopt. Nothing was changed. Say which one with \`adopt: {monitorId: …}\`.`,
      "adopt",
    );
  }
  return found[0];
}

/** One list may lack a session: the one that is meant, or another of the same name. So two lists are read. */
async function namesakes(
  { monitorName, domain }: Declared,
  { service, operation }: Access,
): Promise<LiveStreamMonitor[]> {
  const first = await service.roster.list(operation);
  const second = await service.roster.list(operation);
  const seen = [...new Map([...first.monitors, ...second.monitors]).values()];
  if ([...first.unreadable, ...second.unreadable].some((item) => isObject(item) && item.MonitorName === monitorName)) {
    throw new Failure(
      `The list shows a session named ${monitorName} that cannot be read: its id or its status makes no sense. So it is not clear which one to adopt. Nothing was changed. Say which one with \`adopt: {monitorId: …}\`.`,
      "adopt",
    );
  }
  const found = seen.filter((live) => live.MonitorName === monitorName && live.Domain === domain);
  const [only] = found;
  if (found.length !== 1 || only === undefined || second.monitors.has(only.MonitorId)) {
    return found;
  }
  // The second list skipped it, or it was deleted meanwhile.
  const still = await service.roster.fetch(only.MonitorId, operation);
  return still === undefined ? [] : [still];
}

/** Pulumi shows an adoption as a create, and nobody else warns of an earlier owner. */
export function tellAdoption(
  { MonitorName, MonitorId }: LiveStreamMonitor,
  inputs: Declared,
  operation: Operation,
): void {
  const renamed = MonitorName === inputs.monitorName ? "" : `; its name becomes ${inputs.monitorName}`;
  operation.say(`taking over session ${MonitorName} (${MonitorId}), which exists already${renamed}`);
  const owner = operation.options.urn === undefined ? undefined : ownerFromUrn(operation.options.urn);
  if (isAutomaticName(MonitorName) && !(owner !== undefined && namesOf(owner)(MonitorName))) {
    operation.warn(
      `Session ${MonitorName} (${MonitorId}) has a name of another stack or resource. If that one still manages it, two states hold it now. Its destroy ignores the session only if \`monitorName\` is not set here; otherwise, the first one destroyed deletes it for both. Take the resource out of the other with \`retainOnDelete: true\` or \`pulumi state delete\`.`,
    );
  }
}

/** Ids for an error, as many as anybody reads. */
export function idsOf(monitors: readonly LiveStreamMonitor[]): string {
  const ids = monitors.slice(0, 10).map((live) => live.MonitorId);
  return [...ids, ...(monitors.length > ids.length ? ["…"] : [])].join(", ");
}
