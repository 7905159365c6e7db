import { Failure } from "../base/errors";
import { retry } from "../base/retry";
import { LiveError } from "../live/errors";
import { isCertainly, type LiveStreamMonitor, type MonitorParameters } from "../live/types";
import { nameToSend } from "../model/expiry";
import { ADDRESS_KEYS, FIELDS, type MonitorInputs, SESSION_KEYS } from "../model/fields";
import { differences, fromLive, outputUrls, placeOf, toClear, toParameters } from "../model/mapping";
import { type Declared, isUnfinished, type MonitorState } from "../model/state";
import type { Session } from "./look";
import { bring, waitUntil } from "./wait";

/** What is known of a session before it is brought to what is declared. */
export interface Standing {
  /** As the cloud shows it; absent if it was created just now from the same declaration. */
  live?: LiveStreamMonitor | undefined;
  /** The state, and which arguments were edited since. */
  old?: MonitorState;
  edited?: readonly (keyof MonitorInputs)[];
}

/** The cloud says, in the middle of the work, that there is no such session. */
export class SessionGone extends Failure {}

/** How long an old address or name may still be shown: a list filtered by id may lag by some seconds. */
const LAG_MS = 5_000;

/**
 * Brings a session to what is declared, from what is live rather than from what is remembered, and returns it as the list
 * then shows it.
 */
export async function reconcile(
  session: Session,
  declared: Declared,
  { live, old, edited = [] }: Standing,
): Promise<LiveStreamMonitor> {
  if (live !== undefined) {
    const differs = differences(declared, fromLive(live, declared, old?.outputUrls)).length > 0;
    const isEdited = SESSION_KEYS.some((key) => edited.includes(key));
    const monitorName = nameToSend(declared, session.operation.clock.now(), live.MonitorName, edited.includes("ttl"));
    const isRenamed = live.MonitorName !== monitorName;
    if (differs || isEdited || isRenamed || (old !== undefined && isUnfinished(old))) {
      const cleared = toClear(live, declared, edited);
      await sendUpdate(session, { ...declared, monitorName }, live, cleared);
      if (isRenamed) {
        await untilRenamed(session, monitorName);
      }
      await warnOfKeptAddresses(session, cleared);
    }
  }
  const want = declared.running === undefined ? undefined : declared.running ? "running" : "stopped";
  const runsAlready = live !== undefined && isCertainly("running", live) && !edited.includes("running");
  if (want === "running" && !runsAlready) {
    return bringUnlessGone(session, want);
  }
  const now = await untilShown(session);
  return want === undefined || isCertainly(want, now) ? now : bringUnlessGone(session, want);
}

async function bringUnlessGone(session: Session, want: "running" | "stopped"): Promise<LiveStreamMonitor> {
  try {
    return (await bring(session, want)) as LiveStreamMonitor;
  } catch (error) {
    throw error instanceof LiveError && error.verdict === "gone" ? new SessionGone(error.message, "gone") : error;
  }
}

/** Update repeats well, but after a lost answer a look may show that it need not be. */
async function sendUpdate(
  session: Session,
  declared: MonitorInputs,
  live: LiveStreamMonitor,
  cleared: Partial<MonitorParameters>,
): Promise<void> {
  const { monitorId, service, operation } = session;
  const place = placeOf(outputUrls(live));
  const parameters: Partial<MonitorParameters> = {
    ...(place === undefined ? {} : { App: place.app, Stream: place.stream }),
    ...cleared,
    ...toParameters(declared),
  };
  const attempt = async (attemptNumber: number): Promise<void> => {
    operation.enter(attemptNumber === 1 ? "updating" : "looking whether the update was carried out");
    if (attemptNumber > 1) {
      await service.roster.fetch(monitorId, operation);
      operation.enter("updating again");
    }
    await service.client.update(monitorId, parameters, operation);
  };
  try {
    await retry(attempt, {
      clock: operation.clock,
      signal: operation.signal,
      worth: (error) => error instanceof LiveError && error.verdict === "ambiguous",
    });
  } catch (error) {
    if (error instanceof LiveError && error.verdict === "gone") {
      throw new SessionGone(error.message, "gone");
    }
    throw error;
  }
}

/** Whether an empty value clears an address is not documented, so look. */
async function warnOfKeptAddresses(session: Session, cleared: Partial<MonitorParameters>): Promise<void> {
  const { monitorId, service, operation } = session;
  const names = ADDRESS_KEYS.map((key) => FIELDS[key].parameter).filter((name) => cleared[name] === "");
  if (names.length === 0) {
    return;
  }
  operation.enter("looking whether the addresses were cleared");
  const kept = (live: LiveStreamMonitor | undefined) => names.filter((name) => live?.[name]);
  let still = kept(await service.roster.fetch(monitorId, operation));
  if (still.length > 0) {
    await operation.sleep(LAG_MS);
    still = kept(await service.roster.fetch(monitorId, operation));
  }
  if (still.length > 0) {
    operation.warn(
      `${still.join(" and ")} of session ${monitorId} could not be cleared: the cloud keeps the old value, and still sends alerts there. To remove it, replace the session.`,
    );
  }
}

/**
 * Waits until no list that is filtered by id shows the old name any more. Whoever deletes the session, in this process or
 * another, knows by its name that this resource has adopted it.
 */
async function untilRenamed({ monitorId, service, operation }: Session, name: string | undefined): Promise<void> {
  operation.enter("waiting until the list shows the new name");
  const settled = operation.clock.now() + LAG_MS;
  const isRenamed = async () =>
    (await service.roster.fetch(monitorId, operation))?.MonitorName === name ? true : undefined;
  await waitUntil(operation, isRenamed);
  if (operation.clock.now() < settled) {
    await operation.sleep(settled - operation.clock.now());
    await waitUntil(operation, isRenamed);
  }
}

function untilShown({ monitorId, service, operation }: Session): Promise<LiveStreamMonitor> {
  operation.enter("waiting until the list shows it");
  return waitUntil(operation, () => service.roster.get(monitorId, operation));
}
