import { LiveError } from "../live/errors";
import { isCertainly, type LiveStreamMonitor } from "../live/types";
import { lookByList, type Session } from "./look";
import type { Operation } from "./operation";

/** Polling: quick at first, slower later. All waits share one list, so a quick poll costs little. */
const POLL_MS = { shortest: 150, longest: 5_000 };
/** A wait may last this much longer than it must. */
const OVERSHOOT = 0.08;
/** How long a start or stop may take to show before it is sent again: somebody may have undone it. */
export const SEND_AGAIN_MS = 15_000;

export interface WaitOptions {
  /** Wait before the first look, too. */
  waitsFirst?: boolean;
  /** The longest time between two looks. */
  longestMs?: number;
  /** A time before which a look is pointless. */
  notBefore?(): number;
}

/** Looks again and again, until the deadline or until `look` returns something. */
export async function waitUntil<T>(
  operation: Operation,
  look: () => Promise<T | undefined>,
  { waitsFirst = false, longestMs = POLL_MS.longest, notBefore = () => 0 }: WaitOptions = {},
): Promise<T> {
  const { clock } = operation;
  const began = clock.now();
  for (let isFirst = !waitsFirst; ; isFirst = false) {
    if (!isFirst) {
      const pause = Math.min(longestMs, Math.max(POLL_MS.shortest, (clock.now() - began) * OVERSHOOT));
      const jittered = Math.round(pause * (0.75 + clock.random() / 2));
      await operation.sleep(Math.max(notBefore() - clock.now(), jittered));
    }
    const seen = await look();
    if (seen !== undefined) {
      return seen;
    }
  }
}

/**
 * Starts or stops a session and waits until the list shows it. `undefined`: the cloud answered that it is so already, where
 * `answerWillDo`.
 */
export function bring(
  session: Session,
  want: "running" | "stopped",
  answerWillDo = false,
): Promise<LiveStreamMonitor | undefined> {
  const { monitorId, service, operation } = session;
  const { roster, client } = service;
  const { clock } = operation;
  let began = clock.now();
  let sentAt = Number.NEGATIVE_INFINITY;
  const send = async (): Promise<"done" | "already" | "unknown"> => {
    const outcome = await attempt(() => client[want === "running" ? "start" : "stop"](monitorId, operation));
    began = sentAt === Number.NEGATIVE_INFINITY ? clock.now() : began;
    sentAt = outcome === "unknown" ? Number.NEGATIVE_INFINITY : clock.now();
    return outcome;
  };
  return roster.during(async () => {
    operation.enter(want === "running" ? "starting" : "stopping");
    if ((await send()) === "already" && answerWillDo) {
      return undefined;
    }
    operation.enter(want === "running" ? "waiting until it runs" : "waiting until it has stopped");
    const shown = await waitUntil(
      operation,
      async () => {
        const seen = await lookByList(session);
        if (seen !== undefined && isCertainly(want, seen)) {
          return seen;
        }
        const isDue = clock.now() - sentAt >= SEND_AGAIN_MS;
        return isDue && (await send()) === "already" && answerWillDo ? "already" : undefined;
      },
      { waitsFirst: true, notBefore: () => began + 0.9 * (roster.usual[want] ?? 0) },
    );
    if (shown === "already") {
      return undefined;
    }
    const took = clock.now() - began;
    roster.usual[want] = Math.min(took, roster.usual[want] ?? took);
    return shown;
  });
}

/** Sends a call that may be repeated at will, but only after a look. `unknown`: the answer was lost. */
export async function attempt(call: () => Promise<void>): Promise<"done" | "already" | "unknown"> {
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
