import type { Display, DisplayOptions } from "./display";
import { JsonReport } from "./json";
import { Lines } from "./lines";
import { Rows } from "./rows";
import type { Operation } from "./words";

/** Chooses the display: JSON on request, rows that are redrawn on a terminal, lines everywhere else. */
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

/**
 * Whether the environment lets a terminal be redrawn. As in Node, FORCE_COLOR overrides NO_COLOR and TERM, and its values 0 and
 * false mean no color. CI overrides all, because its log is not a screen, even on a pseudo-terminal.
 */
function allowsEscapes({
  TERM,
  NO_COLOR = "",
  FORCE_COLOR = "",
  CI = "",
}: Readonly<Record<string, string | undefined>>): boolean {
  if (!["", "0", "false"].includes(CI.toLowerCase())) {
    return false;
  }
  return FORCE_COLOR === "" ? TERM !== "dumb" && NO_COLOR === "" : !["0", "false"].includes(FORCE_COLOR.toLowerCase());
}
