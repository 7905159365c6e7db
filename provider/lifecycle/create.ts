import type { Service } from "../account/account";
import { explain, Failure } from "../base/errors";
import type { LiveError } from "../live/errors";
import type { LiveStreamMonitor, MonitorParameters } from "../live/types";
import { nameToSend } from "../model/expiry";
import { outputUrls, placeOf, toParameters } from "../model/mapping";
import { isSameName, namesOf, ownerFromUrn } from "../model/names";
import { recordOf, toPlain } from "../model/record";
import {
  asDeclared,
  type Declared,
  generatedNames,
  isUnderExplicitProvider,
  type Properties,
  type Understood,
  unfinished,
} from "../model/state";
import { findAdoptee, idsOf, tellAdoption } from "./adopt";
import { howToSweep, Incomplete } from "./final-error";
import { type Access, RECENT_MS } from "./look";
import type { Context, Operation } from "./operation";
import { accountForCreate, refuseMistakes } from "./origin";
import { reconcile } from "./reconcile";
import { afterEnd, CallInFlight, undo } from "./undo";
import { waitUntil } from "./wait";

/** Creates a session, or adopts one, and brings it to the declared state. Returns once the list shows it so. */
export async function create(inputs: Understood, context: Context): Promise<{ id: string; state: Properties }> {
  const { account, operation, ownership } = context;
  const declared = asDeclared(inputs);
  refuseMistakes(account.sources);
  const service = account.in(declared.region);
  const access = { service, operation };
  const accountId = await accountForCreate(account.sources, access);
  let adoptee: LiveStreamMonitor | undefined;
  let monitorId: string;
  let isOurs = false;
  if (declared.adopt === undefined) {
    ({ monitorId, isOurs } = await make(declared, service, context));
    ownership.register(monitorId, [operation.options.urn]);
  } else {
    ownership.hasServedAdoption = true;
    adoptee = await findAdoptee(declared, access);
    monitorId = adoptee.MonitorId;
    ownership.adopt(adoptee, operation.options.urn, isUnderExplicitProvider(declared));
    tellAdoption(adoptee, declared, operation);
  }
  const session = { ...access, monitorId };
  operation.session = session;
  const origin = { region: service.region, endpoint: service.endpoint, accountId };
  try {
    const live = await reconcile(session, declared, { live: adoptee });
    await operation.beforeResult();
    return { id: monitorId, state: toPlain({ ...inputs, ...recordOf(monitorId, origin, live) }) };
  } catch (error) {
    // A failure, too, is recorded only by an engine that is still there.
    await operation.beforeResult().catch(() => {});
    const created = { ...inputs, ...recordOf(monitorId, origin, adoptee) };
    const reason = isOurs && operation.isUnrecorded ? await undo(session, created, ownership) : error;
    throw new Incomplete(monitorId, unfinished(created, adoptee?.MonitorName), reason);
  }
}

interface Made {
  monitorId: string;
  /** Whether it certainly is this resource's own: only then an ended create deletes it again. */
  isOurs: boolean;
}

/**
 * Never creates two: there is no idempotency token, so after a lost answer this looks for a session of our name that was not
 * there before. If the operation is ended meanwhile, the answer of a Create in flight is still awaited.
 */
async function make(declared: Declared, service: Service, { ownership, operation }: Context): Promise<Made> {
  const { urn } = operation.options;
  const owner = urn === undefined ? undefined : ownerFromUrn(urn);
  const isOurName = owner === undefined ? () => false : namesOf(owner);
  const isGenerated = isOurName(declared.monitorName) && generatedNames(declared).includes("monitorName");
  const name = nameToSend(declared, operation.clock.now());
  operation.sentName = name;
  // If this process is killed during Create, nothing else names the session.
  operation.enter("telling Pulumi the name of the session");
  await operation.announce(`session ${name}`);
  operation.enter("looking for sessions of the same name");
  // A random name cannot have been taken within the last seconds; a chosen one can.
  const before = await service.roster.list(operation, isGenerated ? RECENT_MS : 0);
  const others = [...before.monitors.values()].filter(({ MonitorId }) => !ownership.known.has(MonitorId));
  warnOfLeftovers(
    others.filter(({ MonitorName }) => MonitorName === declared.monitorName || isOurName(MonitorName)),
    operation,
  );
  operation.enter(`creating session ${declared.monitorName}`);
  const call = new CallInFlight("CreateLiveStreamMonitor", operation);
  operation.mayUndo = true;
  try {
    const parameters = toParameters({ ...declared, monitorName: name }) as MonitorParameters;
    return { monitorId: await service.client.create(parameters, call.context), isOurs: true };
  } catch (error) {
    if (call.lost === undefined) {
      throw error;
    }
    const isNew = (id: string) => !before.monitors.has(id) && !ownership.known.has(id);
    return await findLost(declared, isNew, isGenerated, call.lost, { service, operation });
  }
}

/** Looks until the deadline, and a little longer if the operation is ended: a list may lag, and a delayed request may arrive. */
async function findLost(
  declared: Declared,
  isNew: (monitorId: string) => boolean,
  isGenerated: boolean,
  lost: LiveError,
  { service, operation }: Access,
): Promise<Made> {
  operation.enter(`looking for session ${declared.monitorName}: its create got no clear answer`);
  const lookAs = (looking: Operation) =>
    waitUntil(looking, async () => {
      const { monitors } = await service.roster.list(looking);
      const found = [...monitors.values()].filter((live) => isNew(live.MonitorId) && mayBeOurs(live, declared));
      return found.length > 0 ? found : undefined;
    });
  const found = await lookAs(operation).catch(async (error: unknown) => {
    if (!operation.signal.aborted) {
      throw new Failure(
        `${lost.message} ${mayExist(operation, `could not be looked for: ${explain(error)}`)}`,
        "left-behind",
      );
    }
    operation.noteIfEnded = `${lost.message} ${mayExist(operation, "did not appear during the operation.")}`;
    return lookAs(afterEnd(operation)).catch(() => {
      throw operation.signal.reason;
    });
  });
  const [only] = found;
  if (only !== undefined && found.length === 1) {
    const showsStream = placeOf(outputUrls(only))?.stream === declared.stream;
    const isOurs = isGenerated || (showsStream && generatedNames(declared).includes("stream"));
    if (isOurs || showsStream) {
      operation.noteIfEnded = undefined;
      return { monitorId: only.MonitorId, isOurs };
    }
  }
  throw new Failure(
    `${lost.message} Since then ${found.length === 1 ? "a session" : `${found.length} sessions`} named ${declared.monitorName} appeared (${idsOf(found)}). It is not clear which is this resource's. They may run and cost money; none is in the state. Delete those that nobody needs, then run the command again, or take one over with \`adopt: {monitorId: …}\`.`,
    "left-behind",
  );
}

/** Everything that the list tells must fit; where it tells the stream, that alone tells ours from others. */
function mayBeOurs(live: LiveStreamMonitor, { monitorName, domain, stream }: Declared): boolean {
  const place = placeOf(outputUrls(live));
  const placeFits =
    place === undefined || stream === undefined || place.stream === stream || place.stream === live.MonitorId;
  return isSameName(live.MonitorName, monitorName) && live.Domain === domain && placeFits;
}

/** The exact name, which the warning of the next create repeats. */
function mayExist({ sentName }: Operation, why: string): string {
  return `Session ${sentName}, which that call may have created, ${why} It is not in the state; if it exists, or appears later, it may run and cost money. Look for that exact name in the console. When the command is run again, the create warns if the session is there.`;
}

/** Sessions with this resource's names that it does not manage: from a create that was killed, or another stack's. */
function warnOfLeftovers(leftovers: LiveStreamMonitor[], operation: Operation): void {
  if (leftovers.length > 0) {
    const list = leftovers.slice(0, 10).map((live) => `${live.MonitorName} (${live.MonitorId})`);
    operation.warn(
      `The account already has ${leftovers.length === 1 ? "a session" : `${leftovers.length} sessions`} named like this resource's own: ${list.join(", ")}. An earlier create that was interrupted may have left it, or another stack of the same project and name owns it. It may run and cost money. A new session is created. If nobody needs the other: ${howToSweep(operation)} Or take it over with \`adopt\`.`,
    );
  }
}
