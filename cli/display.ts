import type { Display, DisplayOptions } from "./display-options";
import { JsonReport } from "./json";
import { Lines } from "./lines";
import { Rows } from "./rows";
import type { Operation } from "./words";

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
