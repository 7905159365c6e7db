import { type AbortReason, explain, Failure, OperationAborted } from "../base/errors";
import type { CallContext } from "../live/client";
import { LiveError, NO_ANSWER } from "../live/errors";
import type { Action } from "../live/types";
import type { MonitorState } from "../model/state";
import { endLife } from "./delete";
import type { Session } from "./look";
import { Operation } from "./operation";
import type { Ownership } from "./ownership";

/**
 * How long a create that was ended from outside may take to undo itself. Pulumi kills a plugin 5 s after the second Ctrl-C; if
 * the engine is gone, nobody waits. After a deadline, or when Pulumi asked to stop, the engine waits: this is for an answer that
 * is on its way.
 */
export const UNDO_MS: Readonly<Record<AbortReason, number>> = {
  interrupted: 4_000,
  "engine-gone": 60_000,
  deadline: 10_000,
  cancelled: 10_000,
};

/** What an operation may still do after its end: its calls are not stopped by that end, and nobody asks for the engine. */
export function afterEnd(operation: Operation): Operation {
  const { options, clock, ended, endedAt = clock.now() } = operation;
  const why = ended?.why ?? "deadline";
  const timeoutMs = Math.max(0, endedAt + UNDO_MS[why] - clock.now());
  const engine = { alive: async () => true, log: options.engine.log };
  const after = new Operation({ ...options, timeoutMs, engine });
  void clock.sleep(timeoutMs).then(() => after.end(new OperationAborted("deadline", "The time to undo it is over.")));
  return after;
}

/** A create was ended, and nothing of it is left. */
export class Undone extends Failure {}

/** Deletes again what nobody will record. Throws `Undone`, or returns why it could not be deleted. */
export async function undo(session: Session, created: MonitorState, ownership: Ownership): Promise<Failure> {
  const { operation, monitorId } = session;
  const ended = explain(operation.ended);
  operation.enter("deleting again what was created");
  try {
    await endLife({ ...session, operation: afterEnd(operation) }, created, "stop", ownership);
  } catch (error) {
    if (!(error instanceof LiveError && error.verdict === "gone")) {
      return new Failure(
        `${ended} The session that it had created could not be deleted again in time: ${explain(error)}`,
        "left-behind",
      );
    }
  }
  throw new Undone(
    `${ended} The session that it had created, ${operation.sentName ?? created.monitorName} (${monitorId}), was deleted again. Nothing is in the state. Run \`pulumi up\` to create it.`,
    "killed",
  );
}

/** Create in flight. Its answer tells whether a session exists, so the end of the operation does not cut it off. */
export class CallInFlight {
  /** The failure after which nobody knows whether the call was carried out. */
  lost: LiveError | undefined;
  readonly context: CallContext;
  private isOpen = false;

  constructor(action: Action, operation: Operation) {
    const { clock, signal } = operation;
    const cutOff = new AbortController();
    const end = () => cutOff.abort(signal.reason);
    const context = operation.context(({ what, action: each, error }) => {
      if (each !== action) {
        return;
      }
      this.isOpen = what === "sent";
      if (error?.verdict === "ambiguous") {
        this.lost = error;
      }
      if (what === "failed" && signal.aborted) {
        end();
      }
    });
    this.context = { ...context, signal: cutOff.signal };
    const onAbort = async () => {
      if (this.isOpen) {
        await clock.sleep(UNDO_MS[(signal.reason as OperationAborted).why]);
        this.lost ??= this.isOpen
          ? new LiveError({ action, code: NO_ANSWER, message: "no answer in time" })
          : undefined;
      }
      end();
    };
    if (signal.aborted) {
      end();
    }
    signal.addEventListener("abort", () => void onAbort(), { once: true });
  }
}
