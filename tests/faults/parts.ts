import { OPERATIONS, type Operation } from "./simulation/product";

type Part = "changes" | "reads" | "deletes" | "waits";

/** Each large table of the operations is played by a file for each of these parts, so that they run side by side. */
const PART_OF: Readonly<Record<Operation, Part>> = {
  create: "changes",
  update: "changes",
  replace: "changes",
  read: "reads",
  "read what is gone": "reads",
  "delete what is gone": "reads",
  "delete by stopping": "deletes",
  "delete or refuse": "deletes",
  "delete by waiting": "waits",
};

/** The operations of one part, with their steps. */
export function operationsIn(part: Part) {
  return Object.entries(OPERATIONS).filter(([name]) => PART_OF[name as Operation] === part);
}

/** The tests of one part of a table. */
export type TestsOf = (part: Part) => void;
