import { classify, type ErrorRow } from "../../../provider/live/errors";
import type { Action } from "../../../provider/live/types";

const reached = new Set<ErrorRow>();

/** Notes which row of the error table an answer led to. */
export function reach(action: Action, code: string, status?: number): void {
  reached.add(classify(action, code, status));
}

export function reachedRows(): ReadonlySet<ErrorRow> {
  return reached;
}
