import type { EngineEvent, OperationResult } from "../sandbox/engine";

/** Shows what an operation does. */
export interface Display {
  onEvent(event: EngineEvent): void;
  /** Says something that stays, such as what a Ctrl-C does. */
  notice(text: string): void;
  /** The operation has ended: what it came to. */
  finish(result: OperationResult): void;
  /** Nothing more is kept up to date. */
  close(): void;
}

export interface DisplayOptions {
  /** The stack's name, for JSON. */
  stack?: string;
  /** One JSON object at the end, and nothing else. */
  json?: boolean;
  /** Lines also on a terminal. */
  plain?: boolean;
  /** Secret outputs in clear text. */
  showSecrets?: boolean;
  suppressOutputs?: boolean;
  /** @default this process's */
  env?: Readonly<Record<string, string | undefined>>;
  /** The time in ms. @default Date.now */
  now?(): number;
}
