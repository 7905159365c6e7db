import type { Changes, OperationResult } from "../../sandbox/engine";
import { shownOutputs } from "./outputs";
import { NAME, type Operation, SIGN } from "./words";

export interface SummaryOptions {
  /** How many resources failed. */
  failed: number;
  showSecrets?: boolean;
  suppressOutputs?: boolean;
}

/** The text at the end of an operation: the stack's outputs, the counts and the result. */
export function summary(result: OperationResult, operation: Operation, options: SummaryOptions): string {
  const isPreview = operation === "preview";
  const { failed, showSecrets, suppressOutputs } = options;
  const outputs =
    hasStaleOutputs(result, operation) || suppressOutputs ? [] : shownOutputs(result.outputs, showSecrets);
  const parts = [
    outputs.length > 0 ? `Outputs:\n${outputs.map((line) => `    ${line}\n`).join("")}` : "",
    `Resources:\n${counts(result.changes, failed, isPreview)}`,
    result.ok ? "" : `The ${NAME[operation]} ${ending(result, failed, isPreview)}\n`,
  ];
  return `\n${parts.filter((part) => part !== "").join("\n")}`;
}

/** Whether the outputs belong to deleted resources, or to a preview that failed. */
export function hasStaleOutputs({ ok }: OperationResult, operation: Operation): boolean {
  return operation === "destroy" || (operation === "preview" && !ok);
}

/** Whether the operation was stopped without a failure; then there is no error to point to. */
export function wasStopped({ ok, diagnostics }: OperationResult, failed: number): boolean {
  return !ok && failed === 0 && diagnostics.some(({ message }) => /^(update|preview) canceled$/.test(message));
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

function ending(result: OperationResult, failed: number, isPreview: boolean): string {
  const [what, next] = wasStopped(result, failed)
    ? ["was stopped.", "Run it again to continue."]
    : ["failed.", "See the errors above."];
  const state = result.isSaved ? "The state records what was done." : "The state does not record all that was done.";
  return `${what} ${isPreview ? "Nothing was done." : state} ${next}`;
}
