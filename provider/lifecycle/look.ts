import type { Service } from "../account/account";
import { Failure, NoCredentials, OperationAborted } from "../base/errors";
import type { CallContext } from "../live/client";
import { LiveError } from "../live/errors";
import type { LiveStreamMonitor } from "../live/types";
import type { Operation } from "./operation";

/** A service, and the operation that calls it. */
export interface Access {
  service: Service;
  operation: Operation;
}

/** One session, and the operation that works on it. */
export interface Session extends Access {
  monitorId: string;
  /** How long the list may fail before `ListDown` is thrown; until the deadline when absent. */
  patienceMs?: number;
  /** Whether what a list shows is another session than the one to delete; by default, whether another resource has adopted it. */
  isOther?: (live: LiveStreamMonitor) => boolean;
}

/** A look that decides nothing that cannot be undone may use a list of this age. */
export const RECENT_MS = 5_000;
/** How long a list may fail before a delete continues without it. */
const PATIENCE_MS = 60_000;

/** The list does not answer, or not with a list, and was asked again until the patience ended. */
export class ListDown extends Failure {}

/** The session, with a limit on how long the list may fail. A short deadline must leave time for what comes after. */
export function patient(session: Session): Session {
  return { ...session, patienceMs: Math.min(PATIENCE_MS, session.operation.options.timeoutMs / 2) };
}

/** One session from the shared list, at most `maxAgeMs` old. `undefined` proves nothing. */
export function lookByList(session: Session, maxAgeMs = 0): Promise<LiveStreamMonitor | undefined> {
  return withPatience(session, (context) => session.service.roster.get(session.monitorId, context, maxAgeMs));
}

/** One session from a list that is filtered by its id, never older than the question. `undefined` proves nothing. */
export function lookById(session: Session): Promise<LiveStreamMonitor | undefined> {
  return withPatience(session, (context) => session.service.roster.fetch(session.monitorId, context));
}

/**
 * Throws `ListDown` when the list fails for `patienceMs`. A refusal (no permission, for example) is an error at once, and a
 * list that only throttles is in order.
 */
async function withPatience<T>(
  { operation, patienceMs }: Session,
  look: (context: CallContext) => Promise<T>,
): Promise<T> {
  if (patienceMs === undefined) {
    return look(operation);
  }
  for (;;) {
    const over = new AbortController();
    const done = new AbortController();
    let last: LiveError | undefined;
    const context: CallContext = {
      ...operation.context((event) => {
        last = event.error ?? last;
      }),
      signal: AbortSignal.any([operation.signal, over.signal]),
    };
    operation.clock
      .sleep(patienceMs, done.signal)
      .then(() => over.abort("over"))
      .catch(() => {});
    try {
      return await look(context);
    } catch (error) {
      operation.signal.throwIfAborted();
      if (!over.signal.aborted && !isEndlessList(error)) {
        throw error;
      }
      if (!over.signal.aborted || last?.verdict !== "throttled") {
        throw new ListDown("The list of sessions fails.");
      }
    } finally {
      done.abort("done");
    }
  }
}

/** A list without an end is no refusal. Every other failure of a look is one of these classes, or a defect. */
function isEndlessList(error: unknown): boolean {
  const isOther = error instanceof LiveError || error instanceof OperationAborted || error instanceof NoCredentials;
  return error instanceof Failure && !isOther;
}
