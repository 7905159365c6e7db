import { Failure, NoCredentials, OperationAborted } from "../base/errors";
import type { CallContext } from "../live/client";
import { LiveError } from "../live/errors";
import type { Roster } from "../live/roster";
import type { LiveStreamMonitor } from "../live/types";
import type { Operation } from "./operation";

/** How long a list may be out of order before a delete goes on without it. */
const PATIENCE_MS = 60_000;

/** The same for this operation: a short deadline must leave time for what comes after. */
export function patienceOf({ options }: Operation): number {
  return Math.min(PATIENCE_MS, options.timeoutMs / 2);
}

/** The list is out of order: it does not answer, or not with a list, and was asked again until the patience was over. */
export class ListDown extends Failure {}

/** A question to the list, such as `(roster, context) => roster.lookById(id, context)`. */
type Look = (roster: Roster, context: CallContext) => Promise<LiveStreamMonitor | undefined>;

/**
 * One look. With `patienceMs` it throws `ListDown` when the list is out of order for that long; without, it lasts until the
 * deadline. A refusal (no permission, say) is an error at once, and a list that only asks for patience is in order.
 */
export async function lookWithin(
  patienceMs: number | undefined,
  look: Look,
  roster: Roster,
  operation: Operation,
): Promise<LiveStreamMonitor | undefined> {
  if (patienceMs === undefined) {
    return look(roster, operation);
  }
  for (;;) {
    const over = new AbortController();
    const done = new AbortController();
    let last: LiveError | undefined;
    const context: CallContext = {
      signal: AbortSignal.any([operation.signal, over.signal]),
      beforeWrite: () => operation.beforeWrite(),
      standInFor: operation.standInFor,
      observe: (event) => {
        operation.observe(event);
        last = event.error ?? last;
      },
    };
    operation.clock
      .sleep(patienceMs, done.signal)
      .then(() => over.abort("over"))
      .catch(() => {});
    try {
      return await look(roster, context);
    } catch (error) {
      operation.signal.throwIfAborted();
      const isOver = over.signal.aborted;
      // A list without end is no refusal either.
      if (
        !isOver &&
        (error instanceof LiveError ||
          error instanceof OperationAborted ||
          error instanceof NoCredentials ||
          !(error instanceof Failure))
      ) {
        throw error;
      }
      if (!isOver || last?.verdict !== "throttled") {
        throw new ListDown("The list of sessions is out of order.");
      }
    } finally {
      done.abort("done");
    }
  }
}
