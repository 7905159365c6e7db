import { redactMessage } from "./redact";

/**
 * A failure in our own words: what happened, what state things are in now, and what to do next. It carries neither `id`
 * nor a numeric `code` nor `details`, which Pulumi's plugin host would misread, and no stack, which it would print twice.
 * Whatever its message quotes (ids, names and domains of a state or of the cloud too) is redacted here.
 */
export class Failure extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(redactMessage(message), options);
    this.name = "StreamMonitor";
  }
}

/** The second part of an error about a session that was not deleted. */
export const MAY_STILL_RUN = "The session may still run and cost money; it stays in the state.";

/** There are no credentials to go on with: no other call can do better. */
export class NoCredentials extends Failure {}

/** Why an operation was ended from outside. It is the `reason` of the operation's signal. */
export class OperationAborted extends Failure {
  constructor(
    readonly why: "deadline" | "interrupted" | "engine-gone",
    message: string,
  ) {
    super(message);
  }
}

/** The message of any error, with the advice that the error table has for it. */
export function explain(error: unknown): string {
  const { message, advice } = (typeof error === "object" && error !== null ? error : {}) as Partial<
    Record<"message" | "advice", unknown>
  >;
  return [typeof message === "string" ? message : String(error), ...(typeof advice === "string" ? [advice] : [])].join(
    " ",
  );
}
