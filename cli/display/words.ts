import type { EngineEvent, OperationOptions, ResourceOp } from "../../sandbox/engine";

export type Operation = OperationOptions["operation"];

export const SIGN: Readonly<Record<ResourceOp, string>> = {
  create: "+",
  update: "~",
  replace: "+-",
  delete: "-",
  read: ">",
  refresh: "~",
  same: " ",
  "create-replacement": "++",
  "delete-replaced": "--",
  discard: "-",
};

/** For each step: while it runs, when it has ended, and in a preview. */
const WORDS: Readonly<Record<ResourceOp, readonly [string, string, string]>> = {
  create: ["creating", "created", "create"],
  update: ["updating", "updated", "update"],
  replace: ["replacing", "replaced", "replace"],
  delete: ["deleting", "deleted", "delete"],
  read: ["reading", "read", "read"],
  refresh: ["refreshing", "refreshed", "refresh"],
  same: ["", "unchanged", ""],
  "create-replacement": ["creating replacement", "created replacement", "create replacement"],
  "delete-replaced": ["deleting original", "deleted original", "delete original"],
  discard: ["forgetting", "forgot", "forget"],
};

export const NAME: Readonly<Record<Operation, string>> = {
  up: "update",
  preview: "preview",
  refresh: "refresh",
  destroy: "destroy",
};

/** The parts of a line or row about a step. */
export interface StepWords {
  sign: string;
  type: string;
  name: string;
  /** Such as `creating`, `created` or `would create`. */
  what: string;
}

/** The words for a step, or `undefined` if it is not shown. */
export function stepWords(
  { op, phase, urn }: Extract<EngineEvent, { type: "resource" }>,
  operation: Operation,
): StepWords | undefined {
  const what = whatOf(op, phase, operation);
  return what === undefined ? undefined : { sign: SIGN[op].padEnd(2), type: typeOf(urn), name: nameOf(urn), what };
}

function whatOf(op: ResourceOp, phase: "begin" | "end" | "failed", operation: Operation): string | undefined {
  const [doing, done, todo] = WORDS[op];
  if (operation === "refresh" && phase === "end") {
    // A refresh ends as what it found: `same`, `update` or `delete`.
    return op === "refresh" ? undefined : done;
  }
  if (op === "same") {
    return undefined;
  }
  if (operation === "preview" && op !== "refresh") {
    return phase === "begin" ? undefined : phase === "end" ? `would ${todo}` : `would fail to ${todo}`;
  }
  return phase === "begin" ? doing : phase === "end" ? done : `${doing} failed`;
}

/** An event as a line of a log. */
export function lineOf(event: EngineEvent, operation: Operation): string | undefined {
  if (event.type === "diagnostic") {
    const about = event.urn === "" ? "" : `${nameOf(event.urn)}: `;
    const severity = event.severity === "info" ? "" : `${event.severity}: `;
    // An empty message clears a row, and a log has no rows.
    return event.severity === "debug" || event.message === ""
      ? undefined
      : `${about}${severity}${ownWords(event, operation)}`.trimEnd().replaceAll(/^(?=.)/gm, "    ");
  }
  const words = stepWords(event, operation);
  if (words === undefined) {
    return undefined;
  }
  const keys = (event.keys ?? []).filter((key) => !key.startsWith("__"));
  return ` ${words.sign} ${words.type} ${words.name} ${words.what}${(event.keys ?? []).length > 0 ? ` [${keys.join(", ")}]` : ""}`;
}

/** Pulumi's engine calls everything except a preview an update; ours does the same. */
function ownWords({ urn, message }: { urn: string; message: string }, operation: Operation): string {
  return urn === "" ? message.replace(/^update (?=(failed|canceled)$)/, `${NAME[operation]} `) : message;
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A type without its module, for example `StreamMonitor`. The module is the same in every row and takes much space. */
export function typeOf(urn: string): string {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  return token.startsWith("pulumi:providers:") ? "Provider" : (token.split(":").at(-1) ?? "");
}
