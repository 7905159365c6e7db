import { Failure } from "../base/errors";
import { retry } from "../base/retry";
import { LiveError, type Verdict } from "../live/errors";
import { isRunning, type LiveStreamMonitor } from "../live/types";
import type { OnDelete } from "../model/fields";
import { type MonitorState, type Understood, urnIn } from "../model/state";
import { ListDown, lookById, lookByList, patient, RECENT_MS, type Session } from "./look";
import type { Context } from "./operation";
import { admitSavedSettings, expectId, serviceOf } from "./origin";
import { isTakenOver, type Ownership, TakenOver } from "./ownership";
import { onDeletePolicy } from "./policies";
import { expectOwnerAsked } from "./verify-gone";
import { attempt, bring, SEND_AGAIN_MS, waitUntil } from "./wait";

/** How often Delete is sent again when it is refused although no look shows the session running. */
const REFUSALS = 6;
/** The longest time between two looks at a session that ends on its own. */
const LONG_POLL_MS = 30_000;

/** Stops or waits for a session as `onDelete` says, and deletes it. Returns only when it is gone. */
export async function destroy(monitorId: string, olds: Understood, context: Context): Promise<void> {
  const { account, operation, ownership } = context;
  expectId(monitorId, olds);
  const old = { ...olds, monitorId };
  const owner = ownership.currentOwner(monitorId, urnIn(olds));
  if (owner !== undefined) {
    operation.warn(
      `Session ${monitorId} was not deleted: another entry of this stack manages it now (${owner}). Only this entry leaves the state.`,
    );
    return;
  }
  const service = serviceOf(old, account);
  const session = { monitorId, service, operation };
  operation.session = session;
  const policy = onDeletePolicy(old, account.sources.env);
  await admitSavedSettings(old, account.sources, session);
  try {
    await endLifeForCertain(session, old, policy, ownership);
  } catch (error) {
    if (!(error instanceof TakenOver)) {
      throw error;
    }
    operation.warn(error.message);
  }
}

/**
 * Deletes a session that no stack has, if it still is as a list has shown it: `isSame` is asked before each Delete, with what a
 * list filtered by its id shows then.
 */
export async function destroyListed(
  olds: Understood & { monitorId: string; onDelete: OnDelete },
  isSame: (live: LiveStreamMonitor) => boolean,
  { account, operation, ownership }: Context,
): Promise<void> {
  const { monitorId, monitorName, onDelete } = olds;
  const session = {
    monitorId,
    service: serviceOf(olds, account),
    operation,
    isOther: (live: LiveStreamMonitor) => !isSame(live),
  };
  operation.session = session;
  try {
    await endLifeForCertain(session, olds, onDelete, ownership);
  } catch (error) {
    throw error instanceof TakenOver
      ? new Failure(
          `Session ${monitorName} (${monitorId}) has changed since it was listed, so it was not deleted.`,
          "left-behind",
        )
      : error;
  }
}

/** What the cloud calls gone is gone only if the owning account was asked. */
async function endLifeForCertain(
  session: Session,
  old: MonitorState,
  policy: OnDelete,
  ownership: Ownership,
): Promise<void> {
  try {
    await endLife(session, old, policy, ownership);
  } catch (error) {
    if (!(error instanceof LiveError && error.verdict === "gone")) {
      throw error;
    }
    session.operation.enter("making sure that the session is gone");
    await expectOwnerAsked(old, session);
  }
}

/**
 * Any number of times, from any state: out of the running state by policy, then Delete, which is always sent. A failing list
 * does not hold up a stop and a delete for ever, unless the session may have another owner.
 */
export async function endLife(
  session: Session,
  old: MonitorState,
  policy: OnDelete,
  ownership: Ownership,
): Promise<void> {
  if (policy !== "stop" || ownership.hasServedAdoption || session.isOther !== undefined) {
    return lookAndDelete(session, old, policy, ownership);
  }
  try {
    await lookAndDelete(patient(session), old, policy, ownership);
  } catch (error) {
    if (!(error instanceof ListDown)) {
      throw error;
    }
    await stopAndDeleteUnseen(session);
  }
}

/** Looks, stops or waits, deletes; again after a lost answer, or where the cloud says that the session still runs. */
function lookAndDelete(
  session: Session,
  old: MonitorState,
  policy: OnDelete,
  { isProgramRunning }: Ownership,
): Promise<void> {
  const { monitorId, service, operation, patienceMs } = session;
  let refusals = 0;
  let isAnswerLost = false;
  let isStopSent = false;
  const { isOther = (live) => isTakenOver(live, old, [urnIn(old), operation.options.urn]) } = session;
  const isOthers = (seen: LiveStreamMonitor | undefined) => seen !== undefined && isOther(seen);
  /**
   * Checks whether another resource has adopted the session. A running program may have adopted it just now, in another
   * process: only a list filtered by id, begun after the call, is recent enough. Without a program (a destroy) the shared
   * list will do, and saves a call for each session; an adoption that it shows is confirmed. For a session of a sweep it must
   * be begun after the question.
   */
  const lookForOwner = async () => {
    const isListed = session.isOther !== undefined;
    const mayShare = !isAnswerLost && (isListed || isProgramRunning === false);
    const shared = mayShare ? await lookByList(session, policy === "stop" && !isListed ? RECENT_MS : 0) : undefined;
    const needsProof = shared === undefined || isOthers(shared);
    const seen = needsProof ? await lookById(isAnswerLost ? patient(session) : session) : shared;
    if (seen !== undefined && isOthers(seen)) {
      throw new TakenOver(seen);
    }
    return seen;
  };
  const lookAndSend = async (): Promise<void> => {
    operation.enter("looking");
    const seen = await lookForOwner().catch((error: unknown) => {
      // After a lost answer Delete may be sent again without a look: the cloud refuses it for a running session.
      if (error instanceof ListDown && isAnswerLost && patienceMs === undefined) {
        return undefined;
      }
      throw error;
    });
    isAnswerLost = false;
    // A list that lacks a session proves nothing; a list that shows it running does.
    if (seen !== undefined && isRunning(seen)) {
      refusals = 0;
      isStopSent = true;
      await endRun(session, policy);
      if (policy === "wait") {
        // The wait may have lasted for hours.
        await lookForOwner();
      }
    }
    if (refusals > 0 && policy === "stop" && !isStopSent) {
      // Refused, although no look shows it running: a start that has not shown yet counts as running, and a stop ends it.
      operation.enter("stopping what may be starting");
      isStopSent = true;
      await attempt(() => service.client.stop(monitorId, operation));
    }
    operation.enter("deleting");
    await service.client.delete(monitorId, operation);
  };
  return retry(lookAndSend, {
    clock: operation.clock,
    signal: operation.signal,
    worth: (error) => {
      const verdict = verdictOnDelete(error);
      isAnswerLost = verdict === "ambiguous";
      refusals += verdict === "busy" ? 1 : 0;
      return isAnswerLost || (verdict === "busy" && refusals <= REFUSALS);
    },
    onRetry: () => operation.enter("waiting to delete again"),
  });
}

/** Takes a running session out of the running state, waits until it ends, or refuses. */
async function endRun(session: Session, policy: OnDelete): Promise<void> {
  const { monitorId, operation } = session;
  if (policy === "refuse") {
    throw new Failure(
      `Session ${monitorId} is running, and its \`onDelete\` is "refuse", so it was neither stopped nor deleted. It runs and costs money; it stays in the state. Stop it, then run the command again, or run it once with ALICLOUD_LIVE_ON_DELETE=stop. The variable overrides the program: if it is set now, check its value.`,
      "still-running",
    );
  }
  if (policy === "stop") {
    await bring(session, "stopped", true);
    return;
  }
  operation.enter('waiting for the session to end on its own (onDelete is "wait")');
  const hasEnded = async () => {
    const seen = await lookByList(session);
    return seen === undefined || !isRunning(seen) ? true : undefined;
  };
  await waitUntil(operation, hasEnded, { waitsFirst: true, longestMs: LONG_POLL_MS });
}

/**
 * Without a list nobody knows whether the session runs, so it is stopped in any case. A Delete that is refused then means
 * that the session is still stopping, and is sent again until the deadline.
 */
function stopAndDeleteUnseen({ monitorId, service, operation }: Session): Promise<void> {
  operation.say(
    `The list of sessions fails, so it is unknown whether session ${monitorId} runs. It is stopped and deleted without looking first.`,
  );
  let stoppedAt = Number.NEGATIVE_INFINITY;
  const stopAndSend = async (): Promise<void> => {
    if (operation.clock.now() - stoppedAt >= SEND_AGAIN_MS) {
      operation.enter("stopping, while the list fails");
      const outcome = await attempt(() => service.client.stop(monitorId, operation));
      stoppedAt = outcome === "unknown" ? Number.NEGATIVE_INFINITY : operation.clock.now();
    }
    operation.enter("deleting, while the list fails");
    await service.client.delete(monitorId, operation);
  };
  return retry(stopAndSend, {
    clock: operation.clock,
    signal: operation.signal,
    worth: (error) => ["ambiguous", "busy"].includes(verdictOnDelete(error)),
  });
}

function verdictOnDelete(error: unknown): Verdict {
  return error instanceof LiveError && error.action === "DeleteLiveStreamMonitor" ? error.verdict : "fatal";
}
