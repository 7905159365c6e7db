import type { Changes, EngineEvent, OperationOptions, OperationResult, ResourceOp } from "../sandbox/engine";
import { shownOutputs } from "./outputs";

/** Shows what an operation does: rows that are kept up to date on a terminal, plain lines elsewhere. */
export interface Display {
  onEvent(event: EngineEvent): void;
  finish(result: OperationResult): void;
}

const SIGN: Readonly<Record<ResourceOp, string>> = {
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
/** What is being done, what has been done, and what an `up` would do. */
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

type Operation = OperationOptions["operation"];

export function createDisplay(operation: Operation, out: NodeJS.WriteStream = process.stdout): Display {
  return out.isTTY ? new Rows(operation, out) : new Lines(operation, out);
}

/** For logs: a line when something begins, ends, or has something to say. */
class Lines implements Display {
  private readonly failed = new Set<string>();

  constructor(
    protected readonly operation: Operation,
    protected readonly out: NodeJS.WriteStream,
  ) {}

  onEvent(event: EngineEvent): void {
    if (event.urn !== "" && (event.type === "resource" ? event.phase === "failed" : event.severity === "error")) {
      this.failed.add(event.urn);
    }
    const text = lineOf(event, this.operation);
    if (text !== undefined) {
      this.out.write(`${text}\n`);
    }
  }

  finish(result: OperationResult): void {
    this.out.write(summary(result, this.operation, this.failed.size));
  }
}

/** For people: one row for each resource at work, with what it waits for. What was last said of one that fails stays. */
class Rows extends Lines {
  /** By URN; what concerns no single resource stands in a row without one. */
  private readonly rows = new Map([["", { head: "    the stack", waitsFor: "" }]]);
  private drawn = 0;

  override onEvent(event: EngineEvent): void {
    if (event.type === "diagnostic" && event.ephemeral) {
      const row = this.rows.get(event.urn);
      if (row !== undefined) {
        // What concerns no single resource adds up, until it is cleared.
        const before = event.urn === "" && event.message !== "" && row.waitsFor !== "" ? `${row.waitsFor}; ` : "";
        row.waitsFor = `${before}${event.message}`;
      }
    } else if (event.type === "resource" && event.phase === "begin") {
      const head = lineOf(event, this.operation);
      if (head !== undefined) {
        this.rows.set(event.urn, { head, waitsFor: "" });
      }
    } else {
      this.erase();
      if (event.type === "resource") {
        if (event.phase === "failed") {
          this.keep(event.urn, nameOf(event.urn));
        }
        this.rows.delete(event.urn);
      }
      super.onEvent(event);
    }
    this.draw();
  }

  override finish(result: OperationResult): void {
    this.erase();
    if (!result.ok) {
      this.keep("", "the stack");
    }
    super.finish(result);
  }

  private keep(urn: string, name: string): void {
    const text = this.rows.get(urn)?.waitsFor ?? "";
    if (text !== "") {
      this.out.write(`    ${name}: ${text}\n`);
    }
  }

  private erase(): void {
    if (this.drawn > 0) {
      this.out.write(`\x1b[${this.drawn}F\x1b[J`);
      this.drawn = 0;
    }
  }

  private draw(): void {
    this.erase();
    const room = Math.max(1, (this.out.rows ?? 24) - 2);
    const rows = [...this.rows]
      .flatMap(([urn, row]) => (urn === "" && row.waitsFor === "" ? [] : [row]))
      .slice(0, room);
    for (const { head, waitsFor } of rows) {
      this.out.write(`${`${head}  ${waitsFor}`.slice(0, (this.out.columns ?? 80) - 1)}\n`);
    }
    this.drawn = rows.length;
  }
}

function lineOf(event: EngineEvent, operation: Operation): string | undefined {
  if (event.type === "diagnostic") {
    const about = event.urn === "" ? "" : `${nameOf(event.urn)}: `;
    // An empty line only clears a row, which a log does not have.
    return event.severity === "debug" || event.message === ""
      ? undefined
      : `    ${about}${event.severity === "info" ? "" : `${event.severity}: `}${ownWords(event, operation)}`;
  }
  const { op, phase, urn, keys } = event;
  const word = wordFor(op, phase, operation);
  if (word === undefined) {
    return undefined;
  }
  const changed =
    keys !== undefined && keys.length > 0 ? ` [${keys.filter((key) => !key.startsWith("__")).join(", ")}]` : "";
  return ` ${SIGN[op].padEnd(2)} ${typeOf(urn)} ${nameOf(urn)} ${word}${changed}`;
}

/** What is said of a resource; of what is not worth a line, nothing. */
function wordFor(op: ResourceOp, phase: "begin" | "end" | "failed", operation: Operation): string | undefined {
  const [doing, done, todo] = WORDS[op];
  if (operation === "refresh" && phase === "end") {
    // What was found ends it: `same`, `update` or `delete`.
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

/** Pulumi's engine, and so ours, calls everything but a preview an update. */
function ownWords({ urn, message }: { urn: string; message: string }, operation: Operation): string {
  return urn === "" ? message.replace(/^update (?=(failed|canceled)$)/, `${NAME[operation]} `) : message;
}

const NAME: Readonly<Record<Operation, string>> = {
  up: "update",
  preview: "preview",
  refresh: "refresh",
  destroy: "destroy",
};

function summary(result: OperationResult, operation: Operation, failed: number): string {
  const isPreview = operation === "preview";
  // Those of what has just been deleted, or could not be previewed, would be stale.
  const isStale = operation === "destroy" || (isPreview && !result.ok);
  const outputs = isStale ? [] : shownOutputs(result.outputs);
  const parts = [
    outputs.length > 0 ? `Outputs:\n${outputs.map((line) => `    ${line}\n`).join("")}` : "",
    `Resources:\n${counts(result.changes, failed, isPreview)}`,
    result.ok
      ? ""
      : `The ${NAME[operation]} ${ending(result, failed)} ${isPreview ? "Nothing was done." : "What was done is in the state."}\n`,
  ];
  return `\n${parts.filter((part) => part !== "").join("\n")}`;
}

/** Whoever stops an operation in which nothing has failed looks for errors in vain. */
function ending({ diagnostics }: OperationResult, failed: number): string {
  const isStopped = failed === 0 && diagnostics.some(({ message }) => /^(update|preview) canceled$/.test(message));
  return isStopped ? "was stopped before its end; run it again to go on." : "did not go well; see the errors above.";
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

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
