import type { EngineEvent, OperationResult } from "../../sandbox/engine";

/** Shows the progress and the result of an operation. */
export interface Display {
  onEvent(event: EngineEvent): void;
  /** Shows a message that stays, for example what Ctrl-C does. */
  notice(text: string): void;
  /** Shows the result of the operation. */
  finish(result: OperationResult): void;
  /** Stops updating the terminal. */
  close(): void;
}

export interface DisplayOptions {
  /** The stack's name, for JSON. */
  stack?: string;
  /** Print one JSON object at the end, and nothing else. */
  json?: boolean;
  /** Print lines, also on a terminal. */
  plain?: boolean;
  /** Show secret outputs in clear text. */
  showSecrets?: boolean;
  suppressOutputs?: boolean;
  /** @default this process's */
  env?: Readonly<Record<string, string | undefined>>;
  /** The time in ms. @default Date.now */
  now?(): number;
}
