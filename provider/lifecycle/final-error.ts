import { formatDuration } from "../base/duration";
import { explain, Failure, MAY_STILL_RUN, OperationAborted, type Topic } from "../base/errors";
import { redact, redactMessage } from "../base/redact";
import { LiveError, MALFORMED, OWN_CODES, refusesCredential } from "../live/errors";
import { isRunning } from "../live/types";
import { ownerFromUrn } from "../model/names";
import type { Properties } from "../model/state";
import { Operation, type OperationName, type VerbName } from "./operation";
import { SessionGone } from "./reconcile";

/** The time limit of the last look after a deadline. */
const LAST_LOOK_MS = 5_000;

/** The session exists, but is not as declared yet. */
export class Incomplete extends Failure {
  constructor(
    readonly monitorId: string,
    readonly state: Properties,
    readonly reason: unknown,
    /** What is true now, and the next command, where it is not the usual. */
    readonly next?: string,
  ) {
    super(explain(reason), "unfinished");
  }
}

/** The error that the user sees: redacted, and with the session that must be recorded, if there is one. */
export class MonitorError extends Failure {
  constructor(
    message: string,
    readonly unfinished?: { monitorId: string; state: Properties },
  ) {
    super(message);
  }
}

/** What is true after a failed call, and the next command, where the error itself does not say it. */
const AFTERMATH: Readonly<Record<VerbName, string>> = {
  check: "Nothing was sent, and the state is unchanged.",
  diff: "Nothing was changed.",
  create: "No session was created. Fix the cause, then run the command again.",
  read: "Nothing was changed, and the state is unchanged. Fix the cause, then run the command again.",
  update: "The update was not carried out, and the state is unchanged. Fix the cause, then run the command again.",
  delete: `The session was not deleted. ${MAY_STILL_RUN} Fix the cause, then run the command again.`,
};

/** The one way out for errors, whatever went wrong. */
export function finalError(name: VerbName, error: unknown, secrets: readonly string[]): MonitorError {
  if (error instanceof Incomplete) {
    const { monitorId, state, reason } = error;
    const usual =
      reason instanceof SessionGone
        ? `Session ${monitorId} is in the state as unfinished, although the cloud says that it is gone. Run \`pulumi up --refresh\` to create another.`
        : `Session ${monitorId} exists and is in the state as unfinished. Run \`pulumi up\` again to finish it, or \`pulumi destroy\` to delete it.`;
    const topic = error.next === undefined ? "unfinished" : "left-behind";
    const message = redactMessage(`${explain(reason)} ${error.next ?? usual} ${pointer(topic)}`, secrets);
    return new MonitorError(message, { monitorId, state });
  }
  return new MonitorError(redactMessage(`${textOf(name, error)} ${pointer(topicOf(error))}`, secrets));
}

/** The end of every error. */
function pointer(topic: Topic): string {
  return `Runbook: pulumi-alicloud-live/docs/runbook.md#${topic}`;
}

function topicOf(error: unknown): Topic {
  if (error instanceof LiveError) {
    const isNetwork = Object.values<string>(OWN_CODES).includes(error.code) && error.code !== MALFORMED;
    const isForbidden = /^(Forbidden|NoPermission)(\.|$)/.test(error.code);
    return isNetwork
      ? "network"
      : refusesCredential(error)
        ? "credentials"
        : isForbidden
          ? "not-allowed"
          : "cloud-error";
  }
  return error instanceof Failure ? error.topic : "defect";
}

function textOf(name: VerbName, error: unknown): string {
  if (error instanceof Failure) {
    return error.message;
  }
  if (error instanceof LiveError) {
    return `${explain(error)} ${AFTERMATH[name]}`;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Unexpected error in ${name}, please report it: ${redact(trace)} ${AFTERMATH[name]}`;
}

/**
 * The last words of an operation that was ended from outside: at its deadline the last status, what took the time, and the
 * exact next command. Any other error is returned unchanged.
 */
export async function lastWords(error: unknown, operation: Operation): Promise<unknown> {
  if (error instanceof Incomplete) {
    const { monitorId, state } = error;
    // What the state has is said below; without that, it would be "nothing was created".
    const isCancelled = error.reason instanceof OperationAborted && error.reason.why === "cancelled";
    const reason = isCancelled ? error.reason : await lastWords(error.reason, operation);
    const next =
      operation.options.name === "create" && operation.isUnrecorded
        ? `Session ${operation.sentName ?? state.monitorName} (${monitorId}) exists. It may run and cost money, and the state may lack it. ${howToSweep(operation)}`
        : undefined;
    return new Incomplete(monitorId, state, reason, next);
  }
  const { ended: reason } = operation;
  if (!(error instanceof OperationAborted && reason !== undefined)) {
    return error;
  }
  const { session, noteIfEnded: note, trace, options } = operation;
  const { name, timeoutMs, urn } = options;
  const isCreateLost = name === "create" && session === undefined && note !== undefined && trace.hasWritten;
  if (reason.why !== "deadline") {
    return new Failure(
      `${reason.message}${options.subject === undefined ? "" : ` It concerns session ${options.subject}.`} ${isCreateLost ? `${note} ${howToSweep(operation)}` : WHEN_ENDED[name]}`,
      "killed",
    );
  }
  const what = session === undefined ? `The ${name}` : `The ${name} of session ${session.monitorId}`;
  const stack = urn === undefined ? undefined : ownerFromUrn(urn)?.stack;
  const command = `pulumi ${COMMANDS[name]}${stack === undefined ? "" : ` --stack ${stack}`}`;
  const sentences = [
    `${what} did not end within ${formatDuration(timeoutMs)}.`,
    ...(session === undefined ? [] : [await lastLook(operation)]),
    trace.summary(),
    ...(trace.hasWritten ? [] : ["Nothing was sent that changes anything."]),
    ...(note === undefined ? [] : [note]),
    ...(session === undefined ? [] : [MAY_STILL_RUN]),
    // After a lost answer to Create nothing continues: the next run does not know the session.
    isCreateLost ? `\`${command}\` creates another session.` : `Run \`${command}\` to continue.`,
    ...longer(operation, command),
  ];
  return new Failure(sentences.join(" "), "deadline");
}

/** What is true when an operation was ended from outside, and the next command. */
const WHEN_ENDED: Readonly<Record<OperationName, string>> = {
  create: "Nothing was created. Run `pulumi up` again.",
  update: `${MAY_STILL_RUN} Run \`pulumi up\` again: it continues.`,
  read: "Nothing was changed. Run the command again.",
  delete: `${MAY_STILL_RUN} Run \`pulumi destroy\` again: it continues.`,
};

/** How to find what no state has. */
export function howToSweep({ options: { urn } }: Operation): string {
  const owner = urn === undefined ? undefined : ownerFromUrn(urn);
  const [stack, which] =
    owner === undefined ? ["", ""] : [` --stack ${owner.stack}`, ` --project ${owner.project} --stack ${owner.stack}`];
  return `Run \`pulumi stack export${stack} --file state.json\` and \`npx pulumi-alicloud-live sweep${which} --state state.json\`: it shows what no state has, and deletes it with \`--yes\`.`;
}

const COMMANDS: Readonly<Record<OperationName, string>> = {
  create: "up",
  update: "up",
  read: "refresh",
  delete: "destroy",
};

/** How to give the next run more time. The run that continues with a created session is an update. */
function longer({ options: { name, timeoutMs }, session }: Operation, command: string): string[] {
  switch (name) {
    case "delete":
      return [`For more time, run \`ALICLOUD_LIVE_DELETE_TIMEOUT=${formatDuration(timeoutMs * 3)} ${command}\`.`];
    case "create":
      return session === undefined
        ? ["For more time, raise `timeouts.create`."]
        : ["For more time, raise `timeouts.update`, which applies to existing sessions."];
    case "update":
      return ["For more time, raise `timeouts.update`."];
    case "read":
      return [];
  }
}

/** Looks once more, with its own short deadline: whether the session still runs. */
async function lastLook(operation: Operation): Promise<string> {
  const { options, session } = operation;
  const look = new Operation({ ...options, timeoutMs: LAST_LOOK_MS });
  operation.takeAlong(look);
  options.clock
    .sleep(LAST_LOOK_MS)
    .then(() => look.end(new OperationAborted("deadline", "no answer")))
    .catch(() => {});
  try {
    const live = await session?.service.roster.fetch(session.monitorId, look);
    return live === undefined
      ? "A last look does not show it."
      : `A last look shows it ${isRunning(live) ? "running" : "stopped"}.`;
  } catch {
    return "A last look got no answer.";
  }
}
