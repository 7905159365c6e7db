import type { Service } from "../account/account";
import { Failure } from "../base/errors";
import { retry } from "../base/retry";
import { LiveError, type Verdict } from "../live/errors";
import { isCertainly, isRunning, type LiveStreamMonitor } from "../live/types";
import type { OnDelete } from "../model/fields";
import type { MonitorState } from "../model/state";
import type { Claims } from "./claims";
import { ListDown, lookWithin, patienceOf } from "./looking";
import type { Operation } from "./operation";
import { isTakenOver, TakenOver } from "./ownership";
import { assertGone } from "./verify-gone";

/** One session, and the operation that works on it. */
export interface Session {
  monitorId: string;
  service: Service;
  operation: Operation;
  /** How long the list may be out of order before `ListDown` is thrown; until the deadline when absent. */
  patienceMs?: number;
}

/** A look that only decides whether to stop first may be this old. */
export const RECENT_MS = 5_000;
/** How long a start or stop may take to show before it is asked for again: somebody may have undone it. */
const ASK_AGAIN_MS = 15_000;
/** How often Delete is sent again when it is refused although no look shows the session running. */
const REFUSALS = 6;
/** Polling: quick at first, slower later. All who wait share one list, so a quick poll costs little. */
const POLL_MS = { shortest: 150, longest: 5_000, longestForOthers: 30_000 };
/** A wait may overshoot what it waits for by this part of what it has lasted. */
const POLL_SHARE = 0.08;

/**
 * Starts or stops a session and returns it once the list shows it so. For a stop before a delete, the answer that it is
 * stopped already will do; nothing is returned then.
 */
export function bring(
  session: Session,
  want: "running" | "stopped",
  answerWillDo = false,
): Promise<LiveStreamMonitor | undefined> {
  return session.service.roster.during(() => callAndWait(session, want, answerWillDo));
}

async function callAndWait(
  session: Session,
  want: "running" | "stopped",
  answerWillDo: boolean,
): Promise<LiveStreamMonitor | undefined> {
  const { monitorId, service, operation } = session;
  operation.enter(want === "running" ? "starting" : "stopping");
  const call = () =>
    want === "running" ? service.client.start(monitorId, operation) : service.client.stop(monitorId, operation);
  let began = operation.clock.now();
  let askedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    if (operation.clock.now() - askedAt >= ASK_AGAIN_MS) {
      const outcome = await attempt(call);
      if (outcome === "already" && answerWillDo) {
        return undefined;
      }
      began = askedAt === Number.NEGATIVE_INFINITY ? operation.clock.now() : began;
      askedAt = outcome === "unknown" ? Number.NEGATIVE_INFINITY : operation.clock.now();
    }
    operation.enter(want === "running" ? "waiting until it runs" : "waiting until it has stopped");
    const untilUsual = began + 0.9 * (service.roster.usual[want] ?? 0) - operation.clock.now();
    await operation.sleep(Math.max(untilUsual, pollMs(began, operation)));
    const seen = await look(session);
    if (seen !== undefined && isCertainly(want, seen)) {
      const took = operation.clock.now() - began;
      service.roster.usual[want] = Math.min(took, service.roster.usual[want] ?? took);
      return seen;
    }
  }
}

/**
 * Ends the life of a session: out of the running state by policy, then Delete, which is always sent. Re-entrant: any
 * number of times, from any state. Returns only when the session is gone. A list that is out of order does not hold a stop
 * and a delete up for ever, unless the session may have another owner.
 */
export async function remove(
  session: Session,
  record: MonitorState,
  onDelete: OnDelete,
  { hasServedAdoption: mayBeOthers, isProgramRunning }: Pick<Claims, "hasServedAdoption" | "isProgramRunning">,
): Promise<void> {
  const { service, operation } = session;
  const needsNoList = onDelete === "stop" && !mayBeOthers;
  try {
    await lookAndDelete(needsNoList ? patient(session) : session, record, onDelete, isProgramRunning).catch((error) => {
      if (!(error instanceof ListDown && needsNoList)) {
        throw error;
      }
      return stopAndDeleteUnseen(session);
    });
  } catch (error) {
    if (!(error instanceof LiveError && error.verdict === "gone")) {
      throw error;
    }
    operation.enter("making sure that the session is gone");
    await assertGone(record, service, operation);
  }
}

function lookAndDelete(
  session: Session,
  record: MonitorState,
  onDelete: OnDelete,
  isProgramRunning: boolean | undefined,
): Promise<void> {
  const { monitorId, service, operation, patienceMs } = session;
  let refusals = 0;
  let isLost = false;
  const isOthers = (seen: LiveStreamMonitor | undefined) =>
    seen !== undefined && isTakenOver(seen, record, [record.__urn, operation.options.urn]);
  /**
   * Looks whether another resource has adopted the session. A program that runs may have adopted it just now, in another
   * process: only a list filtered by id, begun after the call, is recent enough to show that. Without a program (a destroy)
   * the shared list will do, and saves a call for each session; what it shows of an adoption is confirmed.
   */
  const lookForOwner = async () => {
    const shared =
      isLost || isProgramRunning !== false ? undefined : await look(session, onDelete === "stop" ? RECENT_MS : 0);
    const needsProof = shared === undefined || isOthers(shared);
    const seen = needsProof ? await lookById(isLost ? patient(session) : session) : shared;
    if (seen !== undefined && isOthers(seen)) {
      throw new TakenOver(seen);
    }
    return seen;
  };
  const attemptToDelete = async (): Promise<void> => {
    operation.enter("looking");
    const seen = await lookForOwner().catch((error: unknown) => {
      // A Delete whose answer was lost may be sent again without a look: the cloud refuses it for a session that runs.
      if (error instanceof ListDown && isLost && patienceMs === undefined) {
        return undefined;
      }
      throw error;
    });
    isLost = false;
    // That a list does not show a session proves nothing; that it shows one does.
    if (seen !== undefined && isRunning(seen)) {
      refusals = 0;
      await endRun(session, onDelete);
      if (onDelete === "wait") {
        // Such a wait may last for hours.
        await lookForOwner();
      }
    }
    operation.enter("deleting");
    await service.client.delete(monitorId, operation);
  };
  return retry(attemptToDelete, {
    clock: operation.clock,
    signal: operation.signal,
    worth: (error) => {
      const verdict = verdictOnDelete(error);
      isLost = verdict === "ambiguous";
      refusals += verdict === "busy" ? 1 : 0;
      return isLost || (verdict === "busy" && refusals <= REFUSALS);
    },
    onRetry: () => operation.enter("waiting to delete again"),
  });
}

/**
 * Without a list nobody knows whether the session runs, so it is stopped in any case; a Delete that is refused then means
 * that it is still stopping, and is sent again until the deadline.
 */
function stopAndDeleteUnseen({ monitorId, service, operation }: Session): Promise<void> {
  operation.say(
    `The list of sessions does not answer properly, so whether session ${monitorId} runs is not known. It is stopped and deleted without a look.`,
  );
  let askedAt = Number.NEGATIVE_INFINITY;
  const attemptToDelete = async (): Promise<void> => {
    if (operation.clock.now() - askedAt >= ASK_AGAIN_MS) {
      operation.enter("stopping, while the list is out of order");
      const outcome = await attempt(() => service.client.stop(monitorId, operation));
      askedAt = outcome === "unknown" ? Number.NEGATIVE_INFINITY : operation.clock.now();
    }
    operation.enter("deleting, while the list is out of order");
    await service.client.delete(monitorId, operation);
  };
  return retry(attemptToDelete, {
    clock: operation.clock,
    signal: operation.signal,
    worth: (error) => ["ambiguous", "busy"].includes(verdictOnDelete(error)),
  });
}

function patient(session: Session): Session {
  return { ...session, patienceMs: patienceOf(session.operation) };
}

function verdictOnDelete(error: unknown): Verdict {
  return error instanceof LiveError && error.action === "DeleteLiveStreamMonitor" ? error.verdict : "fatal";
}

function look({ monitorId, service, operation, patienceMs }: Session, maxAgeMs = 0) {
  return lookWithin(
    patienceMs,
    (roster, context) => roster.get(monitorId, context, maxAgeMs),
    service.roster,
    operation,
  );
}

function lookById({ monitorId, service, operation, patienceMs }: Session) {
  return lookWithin(patienceMs, (roster, context) => roster.fetch(monitorId, context), service.roster, operation);
}

/** Takes a running session out of the running state, or waits until it is, or refuses: as the policy says. */
async function endRun(session: Session, onDelete: OnDelete): Promise<void> {
  const { monitorId, operation } = session;
  if (onDelete === "refuse") {
    throw new Failure(
      `Session ${monitorId} is running, and its \`onDelete\` is "refuse", so it was neither stopped nor deleted. It runs on and costs money; it stays in the state. Stop it, or set ALICLOUD_LIVE_ON_DELETE=stop for one run of the command, then run the command again. The variable overrides the program: if it is set now, it may be what says "refuse".`,
    );
  }
  if (onDelete === "stop") {
    await bring(session, "stopped", true);
    return;
  }
  operation.enter('waiting for the session to end on its own (onDelete is "wait")');
  const began = operation.clock.now();
  for (;;) {
    await operation.sleep(pollMs(began, operation, POLL_MS.longestForOthers));
    const seen = await look(session);
    if (seen === undefined || !isRunning(seen)) {
      return;
    }
  }
}

/** Sends a call that may be repeated at will, but only after a look: `unknown` means that the answer was lost. */
async function attempt(call: () => Promise<void>): Promise<"done" | "already" | "unknown"> {
  try {
    await call();
    return "done";
  } catch (error) {
    const verdict = error instanceof LiveError ? error.verdict : "fatal";
    if (verdict === "ok") {
      return "already";
    }
    if (verdict === "ambiguous") {
      return "unknown";
    }
    throw error;
  }
}

/** How long to wait before the next look, by how long the wait has lasted. */
export function pollMs(sinceMs: number, { clock }: Operation, longest = POLL_MS.longest): number {
  const wait = Math.min(longest, Math.max(POLL_MS.shortest, (clock.now() - sinceMs) * POLL_SHARE));
  return Math.round(wait * (0.75 + clock.random() / 2));
}
