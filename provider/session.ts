import { Failure } from "./failure";
import { believeGone } from "./gone";
import type { OnDelete } from "./inputs";
import { LiveError } from "./live/errors";
import { retry } from "./live/retry";
import { isRunning, type LiveStreamMonitor } from "./live/types";
import type { Operation } from "./operation";
import type { Service } from "./service";
import type { MonitorRecord } from "./state";

/** One session, and the operation that works on it. */
export interface Session {
  monitorId: string;
  service: Service;
  operation: Operation;
}

/** A look that only decides whether to stop first may be this old. */
export const RECENT_MS = 5_000;
/** How long a start or stop may take to show before it is asked for again: somebody may have undone it. */
const ASK_AGAIN_MS = 15_000;
/** How often Delete is sent again when it is refused although no look shows the session running. */
const REFUSALS = 6;
/** Polling: quick at first, slower later. */
const POLL_MS = { first: 400, growth: 1.5, longest: 5_000, longestForOthers: 30_000 };

/**
 * Starts or stops a session and returns it once the list shows it so. For a stop before a delete, the answer that it is
 * stopped already will do; nothing is returned then.
 */
export async function bring(
  session: Session,
  want: "running" | "stopped",
  answerWillDo = false,
): Promise<LiveStreamMonitor | undefined> {
  const { monitorId, service, operation } = session;
  operation.enter(want === "running" ? "starting" : "stopping");
  const call = () =>
    want === "running" ? service.client.start(monitorId, operation) : service.client.stop(monitorId, operation);
  let askedAt = Number.NEGATIVE_INFINITY;
  for (let poll = 0; ; poll += 1) {
    if (operation.clock.now() - askedAt >= ASK_AGAIN_MS) {
      const outcome = await attempt(call);
      if (outcome === "already" && answerWillDo) {
        return undefined;
      }
      askedAt = outcome === "unknown" ? Number.NEGATIVE_INFINITY : operation.clock.now();
    }
    operation.enter(want === "running" ? "waiting until it runs" : "waiting until it has stopped");
    await operation.sleep(pollMs(poll, operation, POLL_MS.longest));
    const seen = await service.roster.look(monitorId, operation);
    if (seen !== undefined && isRunning(seen) === (want === "running")) {
      return seen;
    }
  }
}

/**
 * Ends the life of a session: out of the running state by policy, then Delete, which is always sent. Re-entrant: any
 * number of times, from any state. Returns only when the session is gone.
 */
export async function remove(session: Session, record: MonitorRecord, onDelete: OnDelete): Promise<void> {
  const { monitorId, service, operation } = session;
  let refusals = 0;
  const lookAndDelete = async (attemptNumber: number): Promise<void> => {
    operation.enter("looking");
    const seen =
      attemptNumber > 1
        ? await service.roster.lookById(monitorId, operation)
        : await service.roster.look(monitorId, operation, onDelete === "stop" ? RECENT_MS : 0);
    // That a list does not show a session proves nothing; that it shows one does.
    if (seen !== undefined && isRunning(seen)) {
      refusals = 0;
      await endRun(session, onDelete);
    }
    operation.enter("deleting");
    await service.client.delete(monitorId, operation);
  };
  try {
    await retry(lookAndDelete, {
      clock: operation.clock,
      signal: operation.signal,
      worth: (error) => {
        const verdict =
          error instanceof LiveError && error.action === "DeleteLiveStreamMonitor" ? error.verdict : "fatal";
        refusals += verdict === "busy" ? 1 : 0;
        return verdict === "ambiguous" || (verdict === "busy" && refusals <= REFUSALS);
      },
    });
  } catch (error) {
    if (!(error instanceof LiveError && error.verdict === "gone")) {
      throw error;
    }
    operation.enter("making sure that the session is gone");
    await believeGone(record, service, operation);
  }
}

/** Takes a running session out of the running state, or waits until it is, or refuses: as the policy says. */
async function endRun(session: Session, onDelete: OnDelete): Promise<void> {
  const { monitorId, service, operation } = session;
  if (onDelete === "refuse") {
    throw new Failure(
      `Session ${monitorId} is running, and its \`onDelete\` is "refuse", so it was neither stopped nor deleted. It runs on and costs money; it stays in the state. Stop it, or set ALICLOUD_LIVE_ON_DELETE=stop for one run of the command, then run the command again.`,
    );
  }
  if (onDelete === "stop") {
    await bring(session, "stopped", true);
    return;
  }
  operation.enter('waiting for it to end by itself (onDelete is "wait")');
  for (let poll = 0; ; poll += 1) {
    await operation.sleep(pollMs(poll, operation, POLL_MS.longestForOthers));
    const seen = await service.roster.look(monitorId, operation);
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

export function pollMs(poll: number, operation: Operation, longest = POLL_MS.longest): number {
  const ceiling = Math.min(longest, POLL_MS.first * POLL_MS.growth ** Math.min(poll, 20));
  return Math.round(ceiling * (0.75 + operation.clock.random() / 2));
}
