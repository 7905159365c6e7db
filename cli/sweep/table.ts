import { formatDuration } from "../../provider/base/duration";
import type { ListedSession } from "../../provider/lifecycle/list";
import { columnsOf, cut, onOneLine } from "../display/text";

const WIDTH = 80;

/** The time since a session was last started; `undefined` if it never was. */
export function ageOf({ startTime }: ListedSession, nowMs: number): number | undefined {
  const startedAt = Date.parse(startTime ?? "");
  return Number.isNaN(startedAt) ? undefined : Math.max(0, nowMs - startedAt);
}

/** The oldest first; what never started, and so has no age, last. */
export function byAge(sessions: readonly ListedSession[], nowMs: number): ListedSession[] {
  return [...sessions].sort((one, other) => (ageOf(other, nowMs) ?? -1) - (ageOf(one, nowMs) ?? -1));
}

/** A row of cells, and lines below it. */
export interface Row {
  cells: readonly string[];
  below: readonly string[];
}

/** Rows in columns, each with its lines below, cut to the width of a terminal. */
export function columns(rows: readonly Row[]): string {
  const cells = rows.map((row) => row.cells.map((cell) => onOneLine(cell)));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => columnsOf(row[at] ?? ""))));
  const padded = (cell: string, at: number) => cell + " ".repeat((widths[at] ?? 0) - columnsOf(cell));
  const lines = cells.flatMap((row, at) => [
    row.map(padded).join("  "),
    ...(rows[at]?.below ?? []).map((line) => `   ${onOneLine(line)}`),
  ]);
  const shown = lines.map((line) => cut(line.trimEnd(), WIDTH)).filter((line) => line !== "");
  return shown.map((line) => `${line}\n`).join("");
}

/** An age as a person reads it: `3d4h`, `2h05m`, `12m`, `<1m`. `?`: it never started. */
export function shownAge(ms: number | undefined): string {
  if (ms === undefined) {
    return "?";
  }
  if (ms < 60_000) {
    return "<1m";
  }
  const hours = Math.floor(ms / 3_600_000);
  return hours >= 24 ? `${Math.floor(hours / 24)}d${hours % 24}h` : formatDuration(Math.floor(ms / 60_000) * 60_000);
}

/** Whose a session is, as its name tells it. */
export function shownOwner({ owner }: ListedSession): string {
  return owner === undefined ? "-" : `${owner.project}/${owner.stack}/${owner.resource}`;
}
