/** A failure to be shown as one paragraph, without a stack. */
export class EngineError extends Error {}

/** Something that only the Pulumi CLI can do. */
export function refused(what: string): EngineError {
  return new EngineError(`The sandbox engine does not support ${what}. Nothing more was done. Use the Pulumi CLI.`);
}

/** Ends an operation whose failure has been reported already. */
export class Bail extends Error {}
