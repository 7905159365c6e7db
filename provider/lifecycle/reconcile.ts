import { Failure } from "../base/errors";
import { retry } from "../base/retry";
import { LiveError } from "../live/errors";
import { isCertainly, type LiveStreamMonitor, type MonitorParameters } from "../live/types";
import { differences, fromLive, outputUrls, placeOf, toParameters } from "../model/mapping";
import type { MonitorInputs } from "../model/schema";
import type { MonitorState } from "../model/state";
import { bring, pollMs, type Session } from "./session";

/** Where a session stands when it is to be brought to what is declared. */
export interface Standing {
  /** As the cloud shows it; absent for one that was made just now from the same declaration. */
  live?: LiveStreamMonitor;
  /** What the state says of it, and which arguments were edited since. */
  old?: MonitorState;
  edited?: readonly (keyof MonitorInputs)[];
}

/** The cloud says, in the middle of the work, that there is no such session. */
export class SessionGone extends Failure {}

/** How long an old address or name may still be shown: a list filtered by id may lag by some seconds. */
const LAG_MS = 5_000;

/**
 * Brings a session to what is declared, from what is live rather than from what is remembered, and returns it as the list
 * then shows it. `onWrite` is told before anything is changed.
 */
export async function reconcile(
  session: Session,
  declared: MonitorInputs,
  standing: Standing,
  onWrite: () => void,
): Promise<LiveStreamMonitor> {
  const { live, old, edited = [] } = standing;
  if (live !== undefined) {
    const cleared = toClear(live, declared, edited);
    const differs = differences(declared, fromLive(live, declared, old?.outputUrls)).length > 0;
    const ofSession = edited.some((key) => key !== "running" && key !== "onDelete" && key !== "timeouts");
    if (differs || ofSession || old?.__incomplete === true) {
      onWrite();
      await sendUpdate(session, declared, live, cleared);
      if (live.MonitorName !== declared.monitorName) {
        await untilRenamed(session, declared.monitorName);
      }
      await warnOfKeptAddresses(session, cleared);
    }
  }
  const want = declared.running === undefined ? undefined : declared.running ? "running" : "stopped";
  const sure = live !== undefined && want === "running" && isCertainly(want, live) && !edited.includes("running");
  if (want === "running" && !sure) {
    return await bringOrFail(session, want, onWrite);
  }
  const now = await shown(session);
  return want !== undefined && !isCertainly(want, now) ? await bringOrFail(session, want, onWrite) : now;
}

async function bringOrFail(
  session: Session,
  want: "running" | "stopped",
  onWrite: () => void,
): Promise<LiveStreamMonitor> {
  onWrite();
  try {
    return (await bring(session, want)) as LiveStreamMonitor;
  } catch (error) {
    throw error instanceof LiveError && error.verdict === "gone" ? new SessionGone(error.message) : error;
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
      throw new SessionGone(error.message);
    }
    throw error;
  }
}

/** What nobody declares any more, and must be emptied: what an omitted field means in an Update is documented nowhere. */
function toClear(
  live: LiveStreamMonitor,
  declared: MonitorInputs,
  edited: readonly (keyof MonitorInputs)[],
): Partial<MonitorParameters> {
  return {
    ...(live.CallbackUrl && declared.callbackUrl === undefined ? { CallbackUrl: "" } : {}),
    ...(live.DingTalkWebHookUrl && declared.dingTalkWebHookUrl === undefined ? { DingTalkWebHookUrl: "" } : {}),
    ...(edited.includes("monitorConfig") && declared.monitorConfig === undefined ? { MonitorConfig: "{}" } : {}),
  };
}

/** Whether an empty value clears an address is documented nowhere either, so look. */
async function warnOfKeptAddresses(session: Session, cleared: Partial<MonitorParameters>): Promise<void> {
  const { monitorId, service, operation } = session;
  const names = (["CallbackUrl", "DingTalkWebHookUrl"] as const).filter((name) => cleared[name] === "");
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
      `${still.join(" and ")} of session ${monitorId} could not be cleared: the cloud keeps the old value, and goes on sending alerts there. To be rid of it, replace the session.`,
    );
  }
}

/**
 * Waits until no list filtered by id shows the old name any more. Whoever deletes the session, in this process or another,
 * knows by its name that this resource has adopted it.
 */
async function untilRenamed({ monitorId, service, operation }: Session, name: string | undefined): Promise<void> {
  operation.enter("waiting until the list shows the new name");
  const began = operation.clock.now();
  for (;;) {
    const live = await service.roster.fetch(monitorId, operation);
    const passed = operation.clock.now() - began;
    if (live?.MonitorName === name && passed >= LAG_MS) {
      return;
    }
    await operation.sleep(live?.MonitorName === name ? LAG_MS - passed : pollMs(began, operation));
  }
}

/** The session as the list shows it, waiting until it does. */
async function shown(session: Session): Promise<LiveStreamMonitor> {
  const { monitorId, service, operation } = session;
  operation.enter("waiting until the list shows it");
  const began = operation.clock.now();
  for (;;) {
    const live = await service.roster.get(monitorId, operation);
    if (live !== undefined) {
      return live;
    }
    await operation.sleep(pollMs(began, operation));
  }
}
