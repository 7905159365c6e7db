import type { Changes, EngineEvent, OperationResult, ResourceOp } from "../sandbox/engine";
import { isSecret, type Value } from "../sandbox/engine";

/** Shows what an operation does: rows that are kept up to date on a terminal, plain lines elsewhere. */
export interface Display {
  onEvent(event: EngineEvent): void;
  finish(result: OperationResult, isPreview: boolean): void;
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
const DOING: Readonly<Record<ResourceOp, readonly [string, string]>> = {
  create: ["creating", "created"],
  update: ["updating", "updated"],
  replace: ["replacing", "replaced"],
  delete: ["deleting", "deleted"],
  read: ["reading", "read"],
  refresh: ["refreshing", "refreshed"],
  same: ["", "unchanged"],
  "create-replacement": ["creating replacement", "created replacement"],
  "delete-replaced": ["deleting original", "deleted original"],
  discard: ["forgetting", "forgot"],
};

export function createDisplay(out: NodeJS.WriteStream = process.stdout): Display {
  return out.isTTY ? new Rows(out) : new Lines(out);
}

/** For logs: a line when something begins, ends, or has something to say. */
class Lines implements Display {
  constructor(protected readonly out: NodeJS.WriteStream) {}

  onEvent(event: EngineEvent): void {
    const text = lineOf(event);
    if (text !== undefined) {
      this.out.write(`${text}\n`);
    }
  }

  finish(result: OperationResult, isPreview: boolean): void {
    this.out.write(summary(result, isPreview));
  }
}

/** For people: one row for each resource at work, with what it waits for. */
class Rows extends Lines {
  private readonly rows = new Map<string, string>();
  private drawn = 0;

  override onEvent(event: EngineEvent): void {
    if (event.type === "diagnostic" && event.ephemeral) {
      const row = this.rows.get(event.urn)?.split("  ")[0];
      if (row !== undefined) {
        this.rows.set(event.urn, `${row}  ${event.message}`);
      }
    } else if (event.type === "resource" && event.phase === "begin" && event.op !== "same") {
      this.rows.set(event.urn, `${lineOf(event) ?? ""}  `);
    } else {
      const text = lineOf(event);
      this.erase();
      if (event.type === "resource") {
        this.rows.delete(event.urn);
      }
      if (text !== undefined) {
        this.out.write(`${text}\n`);
      }
    }
    this.draw();
  }

  override finish(result: OperationResult, isPreview: boolean): void {
    this.erase();
    super.finish(result, isPreview);
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
    const rows = [...this.rows.values()].slice(0, room);
    for (const row of rows) {
      this.out.write(`${row.slice(0, (this.out.columns ?? 80) - 1)}\n`);
    }
    this.drawn = rows.length;
  }
}

function lineOf(event: EngineEvent): string | undefined {
  if (event.type === "diagnostic") {
    const about = event.urn === "" ? "" : `${nameOf(event.urn)}: `;
    return event.severity === "debug"
      ? undefined
      : `    ${about}${event.severity === "info" ? "" : `${event.severity}: `}${event.message}`;
  }
  const { op, phase, urn, keys } = event;
  if (op === "same" || (op === "refresh" && phase === "end")) {
    return undefined;
  }
  const [doing, done] = DOING[op];
  const word = phase === "begin" ? doing : phase === "end" ? done : `${doing} failed`;
  const changed =
    keys !== undefined && keys.length > 0 ? ` [${keys.filter((key) => !key.startsWith("__")).join(", ")}]` : "";
  return ` ${SIGN[op].padEnd(2)} ${typeOf(urn)} ${nameOf(urn)} ${word}${changed}`;
}

function summary(result: OperationResult, isPreview: boolean): string {
  const outputs = Object.entries(result.outputs);
  const parts = [
    outputs.length > 0 ? `Outputs:\n${outputs.map(([key, value]) => `    ${key}: ${shown(value)}\n`).join("")}` : "",
    `Resources:\n${counts(result.changes, isPreview)}`,
    result.ok ? "" : "The operation did not go well; see the errors above. What was done is in the state.\n",
  ];
  return `\n${parts.filter((part) => part !== "").join("\n")}`;
}

function counts(changes: Changes, isPreview: boolean): string {
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
  return lines.join("") || "    none\n";
}

function shown(value: Value): string {
  return isSecret(value) ? "[secret]" : JSON.stringify(value, (_key, each) => (isSecret(each) ? "[secret]" : each));
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
