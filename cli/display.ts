import type { EngineEvent, OperationResult } from "../sandbox/engine";
import { JsonReport } from "./json";
import { Lines } from "./lines";
import { Rows } from "./rows";
import type { Operation } from "./words";

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

/** Rows that are kept up to date on a terminal, lines elsewhere, JSON where it is asked for. */
export function createDisplay(
  operation: Operation,
  out: NodeJS.WriteStream = process.stdout,
  options: DisplayOptions = {},
): Display {
  if (options.json) {
    return new JsonReport(operation, out, options);
  }
  const isLive = out.isTTY && !options.plain && allowsEscapes(options.env ?? process.env);
  return isLive ? new Rows(operation, out, options) : new Lines(operation, out, options);
}

/** The customs by which an environment says that escape sequences are not wanted, or that a log is kept of all. */
function allowsEscapes({ TERM, NO_COLOR = "", CI = "" }: Readonly<Record<string, string | undefined>>): boolean {
  return TERM !== "dumb" && NO_COLOR === "" && ["", "0", "false"].includes(CI.toLowerCase());
}
