import type { Service } from "../account/account";
import { explain, Failure, OperationAborted } from "../base/errors";
import { LiveError } from "../live/errors";
import { isObject, type LiveStreamMonitor, type MonitorParameters } from "../live/types";
import { outputUrls, placeOf, toParameters } from "../model/mapping";
import { isAutomaticName, namesOf, ownerFromUrn } from "../model/names";
import type { MonitorInputs } from "../model/schema";
import type { Internal } from "../model/state";
import type { Operation } from "./operation";
import { pollMs, RECENT_MS } from "./session";
import { fetchAgain } from "./verify-gone";

/** What `check` makes complete: everything that Create must be sent. */
export type CompleteInputs = MonitorInputs & Internal & { monitorName: string };

/**
 * Creates one session, and never two: there is no idempotency token, so a lost answer is settled by looking for a session
 * of our name that was not there before. Returns its id.
 */
export async function createSession(
  inputs: CompleteInputs,
  own: ReadonlySet<string>,
  service: Service,
  operation: Operation,
): Promise<string> {
  const urn = operation.options.urn;
  const owner = urn === undefined ? undefined : ownerFromUrn(urn);
  const isOurName = owner === undefined ? () => false : namesOf(owner);
  const automatic = isOurName(inputs.monitorName);
  operation.enter("looking for sessions of the same name");
  // A random name cannot have been taken within the last seconds; a chosen one can.
  const before = await service.roster.list(operation, automatic ? RECENT_MS : 0);
  warnOfLeftovers([...before.monitors.values()], inputs, own, isOurName, operation);
  operation.enter(`creating session ${inputs.monitorName}`);
  try {
    return await service.client.create(toParameters(inputs) as MonitorParameters, operation);
  } catch (error) {
    if (error instanceof OperationAborted && operation.trace.unanswered.has("CreateLiveStreamMonitor")) {
      throw new Failure(`${error.message} ${mayExist(inputs, "was not seen yet.")}`);
    }
    if (!(error instanceof LiveError && error.verdict === "ambiguous")) {
      throw error;
    }
    return await findLost(
      inputs,
      { before: new Set(before.monitors.keys()), own, automatic },
      error,
      service,
      operation,
    );
  }
}

/** What is left to say of a session that may have been made: its exact name, which the next create's warning repeats. */
function mayExist({ monitorName }: CompleteInputs, why: string): string {
  return `Session ${monitorName}, which that call may have created, ${why} It is not in the state; if it exists, or still appears, it may run and cost money. Look for that exact name in the console. When the command is run again, the create warns if the session is there.`;
}

/** What cannot be the lost session, and whether its name was made up, so that nobody else has it. */
interface Clues {
  before: ReadonlySet<string>;
  own: ReadonlySet<string>;
  automatic: boolean;
}

/** Looks until the deadline: a list may lag, and a request that got stuck on its way may still arrive. */
async function findLost(
  inputs: CompleteInputs,
  { before, own, automatic }: Clues,
  lost: LiveError,
  service: Service,
  operation: Operation,
): Promise<string> {
  operation.enter(`looking for session ${inputs.monitorName}, whose create got no clear answer`);
  const began = operation.clock.now();
  try {
    for (;;) {
      const { monitors } = await service.roster.list(operation);
      const news = [...monitors.values()].filter((live) => !before.has(live.MonitorId) && !own.has(live.MonitorId));
      const found = news.filter((live) => mayBeOurs(live, inputs));
      const sure = found.filter((live) => automatic || placeOf(outputUrls(live))?.stream === inputs.stream);
      if (found.length > 1 || sure.length < found.length) {
        throw new Failure(
          `${lost.message} Since then ${found.length === 1 ? "a session" : `${found.length} sessions`} named ${inputs.monitorName} appeared (${idsOf(found)}), and nothing tells which one is this resource's. They may run and cost money; none is in the state. Delete those that nobody needs, then run the command again, or take one over with \`adopt: {monitorId: …}\`.`,
        );
      }
      if (sure[0] !== undefined) {
        return sure[0].MonitorId;
      }
      await operation.sleep(pollMs(began, operation));
    }
  } catch (error) {
    if (error instanceof Failure && !(error instanceof OperationAborted)) {
      throw error;
    }
    const why = operation.signal.aborted
      ? "did not appear until the end of the operation."
      : `could not be looked for: ${explain(error)}`;
    throw new Failure(`${lost.message} ${mayExist(inputs, why)}`);
  }
}

/** Ids for an error, as many as anybody reads. */
function idsOf(monitors: LiveStreamMonitor[]): string {
  const ids = monitors.slice(0, 10).map((live) => live.MonitorId);
  return [...ids, ...(monitors.length > ids.length ? ["…"] : [])].join(", ");
}

/** Everything that the list tells must fit; where it tells the stream, that alone sets ours apart. */
function mayBeOurs(live: LiveStreamMonitor, inputs: CompleteInputs): boolean {
  const place = placeOf(outputUrls(live));
  const placeFits =
    place === undefined ||
    inputs.stream === undefined ||
    place.stream === inputs.stream ||
    place.stream === live.MonitorId;
  return live.MonitorName === inputs.monitorName && live.Domain === inputs.domain && placeFits;
}

/** Sessions of this very resource that are not its own: left by a create that was killed, or another stack's namesake. */
function warnOfLeftovers(
  monitors: LiveStreamMonitor[],
  inputs: CompleteInputs,
  own: ReadonlySet<string>,
  isOurName: (name: string) => boolean,
  operation: Operation,
): void {
  const leftovers = monitors.filter(
    (live) => !own.has(live.MonitorId) && (live.MonitorName === inputs.monitorName || isOurName(live.MonitorName)),
  );
  if (leftovers.length > 0) {
    const list = leftovers.slice(0, 10).map((live) => `${live.MonitorName} (${live.MonitorId})`);
    operation.warn(
      `The account already has ${leftovers.length === 1 ? "a session" : `${leftovers.length} sessions`} named as this resource names its own: ${list.join(", ")}. An earlier create that was interrupted may have left it, or another stack of the same project and name owns it. It may run and cost money. A new session is created; if nobody needs the other, delete it, or take it over with \`adopt\`.`,
    );
  }
}

/** Finds the one session to take over. */
export async function findAdoptee(
  inputs: CompleteInputs,
  service: Service,
  operation: Operation,
): Promise<LiveStreamMonitor> {
  operation.enter("looking for the session to adopt");
  const { adopt, monitorName, domain } = inputs;
  if (adopt !== undefined && "monitorId" in adopt) {
    const { monitorId } = adopt;
    const seen =
      (await service.roster.fetch(monitorId, operation)) ?? (await fetchAgain(monitorId, service, operation));
    if (seen === undefined) {
      throw new Failure(
        `There is no session ${monitorId} to adopt in region ${service.region} of this account. Nothing was changed. Correct \`adopt.monitorId\`, the region or the credentials, or remove \`adopt\` to create a new session.`,
      );
    }
    return seen;
  }
  const found = await namesakes(inputs, service, operation);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Failure(
      found.length === 0
        ? `There is no session named ${monitorName} on domain ${domain} to adopt in region ${service.region} of this account. Nothing was changed. Correct \`monitorName\` or \`domain\`, or remove \`adopt\` to create a new session.`
        : `${found.length} sessions are named ${monitorName} on domain ${domain} (${idsOf(found)}), so it is not clear which one to adopt. Nothing was changed. Say which one with \`adopt: {monitorId: …}\`.`,
    );
  }
  return found[0];
}

/** One list may lack a session, and with it the one that is meant, or a namesake of it: take what two show. */
async function namesakes(
  { monitorName, domain }: CompleteInputs,
  service: Service,
  operation: Operation,
): Promise<LiveStreamMonitor[]> {
  const first = await service.roster.list(operation);
  const second = await service.roster.list(operation);
  const seen = [...new Map([...first.monitors, ...second.monitors]).values()];
  if ([...first.unreadable, ...second.unreadable].some((item) => isObject(item) && item.MonitorName === monitorName)) {
    throw new Failure(
      `The list shows a session named ${monitorName} that cannot be read: its id or its status makes no sense. So it is not clear which one to adopt. Nothing was changed. Say which one with \`adopt: {monitorId: …}\`.`,
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

/** An adoption looks like a create otherwise; and whose the session was until now nobody else will say. */
export function tellAdoption(
  { MonitorName, MonitorId }: LiveStreamMonitor,
  inputs: CompleteInputs,
  operation: Operation,
): void {
  const renamed = MonitorName === inputs.monitorName ? "" : `; its name becomes ${inputs.monitorName}`;
  operation.say(`taking over session ${MonitorName} (${MonitorId}), which exists already${renamed}`);
  const owner = operation.options.urn === undefined ? undefined : ownerFromUrn(operation.options.urn);
  if (isAutomaticName(MonitorName) && !(owner !== undefined && namesOf(owner)(MonitorName))) {
    operation.warn(
      `Session ${MonitorName} (${MonitorId}) is named as another stack's or resource's own. If that still manages it, it is in two states now. The other leaves the session alone only where \`monitorName\` is not set here; otherwise, whichever is destroyed first deletes it for both. Take the resource out of the other with \`retainOnDelete: true\` or \`pulumi state delete\`.`,
    );
  }
}
