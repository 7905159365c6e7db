import { propertiesOf } from "./objects";
import { redactMessage } from "./redact";

/**
 * An error for the user: what failed, what is true now, the next command. It has no `id`, numeric `code` or `details`: Pulumi's
 * plugin host would misread them. Its message is redacted, because it quotes foreign texts.
 */
export class Failure extends Error {
  constructor(
    message: string,
    /** The section of the runbook that belongs to it. */
    readonly topic: Topic = "defect",
  ) {
    super(redactMessage(message));
    this.name = "StreamMonitor";
  }
}

/** The sections of docs/runbook.md that errors point at. */
export const TOPICS = [
  ...(["credentials", "wrong-account", "not-allowed", "settings", "installation", "network", "cloud-error"] as const),
  ...(["deadline", "killed", "left-behind", "unfinished", "still-running", "gone", "not-found", "list-fails"] as const),
  ...(["edited-state", "two-owners", "adopt", "defect"] as const),
] as const;
export type Topic = (typeof TOPICS)[number];

/** The second part of an error about a session that was not deleted. */
export const MAY_STILL_RUN = "The session may still run and cost money; it stays in the state.";

/** There are no usable credentials: no other call can succeed. */
export class NoCredentials extends Failure {}

/** `cancelled`: Pulumi asked for it, and still records what the operation answers. */
export type AbortReason = "deadline" | "cancelled" | "interrupted" | "engine-gone";

/** Why an operation was ended from outside. It is the `reason` of the operation's signal. */
export class OperationAborted extends Failure {
  constructor(
    readonly why: AbortReason,
    message: string,
  ) {
    super(message, why === "deadline" ? "deadline" : "killed");
  }
}

/** The message of any error, with the advice that the error table has for it. */
export function explain(error: unknown): string {
  const { message, advice } = propertiesOf(error);
  const text = typeof message === "string" ? message : String(error);
  return typeof advice === "string" ? `${text} ${advice}` : text;
}
