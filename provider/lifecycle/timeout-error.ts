import type { Service } from "../account/account";
import { formatDuration } from "../base/duration";
import { Failure, OperationAborted } from "../base/errors";
import { isRunning, type LiveStreamMonitor } from "../live/types";
import { ownerFromUrn } from "../model/names";
import { Operation } from "./operation";

/** What the last look after a deadline gets. */
const LAST_LOOK_MS = 5_000;

/**
 * The error at the end of a deadline: the last status, where the time went, and the exact next command. Anything else
 * that ended the operation is passed through as it is.
 */
export async function timeoutError(
  error: unknown,
  operation: Operation,
  target: { monitorId: string; service: Service } | undefined,
): Promise<unknown> {
  const reason: unknown = operation.signal.reason;
  if (
    !operation.signal.aborted ||
    !(reason instanceof OperationAborted) ||
    reason.why !== "deadline" ||
    !(error instanceof OperationAborted)
  ) {
    return error;
  }
  const { name, timeoutMs, urn } = operation.options;
  const status = target === undefined ? "" : ` ${await lastLook(operation, target)}`;
  const stack = urn === undefined ? undefined : ownerFromUrn(urn)?.stack;
  const command = `pulumi ${name === "delete" ? "destroy" : name === "read" ? "refresh" : "up"}${stack === undefined ? "" : ` --stack ${stack}`}`;
  const longer =
    name === "delete"
      ? ` To give it longer, run \`ALICLOUD_LIVE_DELETE_TIMEOUT=${formatDuration(timeoutMs * 3)} ${command}\`.`
      : name === "read"
        ? ""
        : ` To give it longer, raise ${nextLimit(name, target !== undefined)}.`;
  const what = target === undefined ? `The ${name}` : `The ${name} of session ${target.monitorId}`;
  const untouched = operation.trace.hasWritten ? "" : "Nothing was sent that changes anything. ";
  return new Failure(
    `${what} did not end within ${formatDuration(timeoutMs)}.${status} ${operation.trace.summary()} ${untouched}${
      target === undefined ? "" : "The session stays in the state, and may run and cost money. "
    }Run \`${command}\` to go on.${longer}`,
  );
}

/** The run that goes on with a session that was created is an update. */
function nextLimit(name: "create" | "update", exists: boolean): string {
  return name === "create" && exists
    ? "`timeouts.update`, which holds for a session that exists"
    : `\`timeouts.${name}\``;
}

/** One more question, under a short deadline of its own: the first thing that whoever reads the error wants to know. */
async function lastLook(
  operation: Operation,
  { monitorId, service }: { monitorId: string; service: Service },
): Promise<string> {
  const { options } = operation;
  const look = new Operation({ ...options, timeoutMs: LAST_LOOK_MS });
  operation.takeAlong(look);
  options.clock
    .sleep(LAST_LOOK_MS)
    .then(() => look.end(new OperationAborted("deadline", "no answer")))
    .catch(() => {});
  try {
    const live = await service.roster.fetch(monitorId, look);
    return live === undefined ? "A last look does not show it." : `A last look shows it ${statusOf(live)}.`;
  } catch {
    return "A last look got no answer.";
  }
}

function statusOf(live: LiveStreamMonitor): string {
  return isRunning(live) ? "running" : "stopped";
}
