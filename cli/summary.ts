import type { Changes, OperationResult } from "../sandbox/engine";
import { shownOutputs } from "./outputs";
import { NAME, type Operation, SIGN } from "./words";

export interface SummaryOptions {
  /** How many resources failed. */
  failed: number;
  showSecrets?: boolean;
  suppressOutputs?: boolean;
}

/** What stands at the end of an operation: the stack's outputs, the counts, and how it ended. */
export function summary(result: OperationResult, operation: Operation, options: SummaryOptions): string {
  const isPreview = operation === "preview";
  const { failed, showSecrets, suppressOutputs } = options;
  const outputs =
    hasStaleOutputs(result, operation) || suppressOutputs ? [] : shownOutputs(result.outputs, showSecrets);
  const parts = [
    outputs.length > 0 ? `Outputs:\n${outputs.map((line) => `    ${line}\n`).join("")}` : "",
    `Resources:\n${counts(result.changes, failed, isPreview)}`,
    result.ok ? "" : `The ${NAME[operation]} ${ending(result, failed)} ${whatIsTrue(result, isPreview)}\n`,
  ];
  return `\n${parts.filter((part) => part !== "").join("\n")}`;
}

/** Whether the outputs are those of what has just been deleted, or could not be previewed. */
export function hasStaleOutputs({ ok }: OperationResult, operation: Operation): boolean {
  return operation === "destroy" || (operation === "preview" && !ok);
}

/** Whether it was stopped and nothing failed: whoever stops an operation looks for errors in vain. */
export function wasStopped({ ok, diagnostics }: OperationResult, failed: number): boolean {
  return !ok && failed === 0 && diagnostics.some(({ message }) => /^(update|preview) canceled$/.test(message));
}

function ending(result: OperationResult, failed: number): string {
  return wasStopped(result, failed)
    ? "was stopped before its end; run it again to go on."
    : "did not go well; see the errors above.";
}

function counts(changes: Changes, failed: number, isPreview: boolean): string {
  const words: [keyof Changes, string][] = [
    ["create", "created"],
    ["update", "updated"],
    ["replace", "replaced"],
    ["delete", "deleted"],
    ["read", "read"],
    ["discard", "forgotten"],
    ["same", "unchanged"],
  ];
  const lines = words
    .filter(([op]) => changes[op] > 0)
    .map(
      ([op, word]) =>
        `    ${SIGN[op].padEnd(2)} ${changes[op]} ${isPreview && op !== "same" ? `to be ${word}` : word}\n`,
    );
  if (failed > 0) {
    lines.push(`       ${failed} failed\n`);
  }
  return lines.join("") || "    none\n";
}

function whatIsTrue({ isSaved }: OperationResult, isPreview: boolean): string {
  if (isPreview) {
    return "Nothing was done.";
  }
  return isSaved ? "What was done is in the state." : "The state does not hold all that was done.";
}
