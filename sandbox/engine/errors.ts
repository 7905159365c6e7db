/** A failure that is shown as one paragraph, without a stack trace. */
export class EngineError extends Error {}

/** The error for a feature that only the Pulumi CLI supports. */
export function refused(what: string): EngineError {
  return new EngineError(`The sandbox engine does not support ${what}. Nothing more was done. Use the Pulumi CLI.`);
}

/** Ends an operation after its failure has been reported. */
export class Bail extends Error {}
