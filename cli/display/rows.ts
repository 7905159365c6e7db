import type { EngineEvent, OperationResult } from "../../sandbox/engine";
import type { DisplayOptions } from "./display";
import { Lines } from "./lines";
import { columnsOf, cut, onOneLine, plain } from "./text";
import { nameOf, type Operation, type StepWords, stepWords } from "./words";

interface Row {
  /** Absent in the row for progress that concerns no single resource. */
  step?: StepWords;
  waitsFor: string;
  /** Print the row if the step fails: only it names the session of an interrupted create. */
  isKept: boolean;
}

/** Shows finished steps as lines and, below them, a row for each running step with what it waits for. */
export class Rows extends Lines {
  private readonly rows = new Map<string, Row>([["", { waitsFor: "", isKept: true }]]);
  private printed = "";
  /** The last notice. It stays below the rows, where nothing scrolls it off the screen. */
  private noticed = "";
  /** By message: the first resource that reported this error. */
  private readonly errors = new Map<string, string>();
  /** The rows on the screen. */
  private drawn: string[] = [];
  private isClosed = false;
  private readonly redraw = () => this.draw();

  constructor(operation: Operation, out: NodeJS.WriteStream, options: DisplayOptions) {
    super(operation, out, options);
    out.on?.("resize", this.redraw);
  }

  override onEvent(event: EngineEvent): void {
    if (event.type === "diagnostic" && event.ephemeral) {
      this.wait(event.urn, onOneLine(event.message));
    } else if (event.type === "resource" && event.phase === "begin") {
      const step = stepWords(event, this.operation);
      if (step !== undefined) {
        const [type, name] = [onOneLine(step.type), onOneLine(step.name)];
        this.rows.set(event.urn, {
          step: { ...step, type, name },
          waitsFor: "",
          isKept: event.op.startsWith("create"),
        });
      }
    } else {
      if (event.type === "resource") {
        if (event.phase === "failed") {
          this.keep(event.urn, nameOf(event.urn));
        }
        this.rows.delete(event.urn);
      }
      super.onEvent(this.withoutRepetition(event));
    }
    this.draw();
  }

  override notice(text: string): void {
    // Clears the `^C` that the terminal echoes at the cursor.
    this.printed += "\r\x1b[K";
    if (this.isClosed) {
      this.print(`${text}\n`);
    } else {
      this.noticed = text;
    }
    this.draw();
  }

  override finish(result: OperationResult): void {
    if (!result.ok) {
      this.keep("", "the stack");
    }
    super.finish(result);
  }

  /** Removes the rows of running steps from the screen. */
  override close(): void {
    this.out.off?.("resize", this.redraw);
    this.isClosed = true;
    if (this.noticed !== "") {
      this.print(`${this.noticed}\n`);
      this.noticed = "";
    }
    this.draw();
  }

  protected override print(text: string): void {
    this.printed += plain(text);
  }

  private wait(urn: string, text: string): void {
    const row = this.rows.get(urn);
    if (row !== undefined) {
      // Progress that concerns no single resource adds up until it is cleared.
      const before = urn === "" && text !== "" && row.waitsFor !== "" ? `${row.waitsFor}; ` : "";
      row.waitsFor = `${before}${text}`;
    }
  }

  private keep(urn: string, name: string): void {
    const { waitsFor = "", isKept = false } = this.rows.get(urn) ?? {};
    if (isKept && waitsFor !== "") {
      this.print(`    ${name}: ${waitsFor}\n`);
    }
  }

  /** Shows the same error in full only once: forty copies of it would hide the one that differs. */
  private withoutRepetition(event: EngineEvent): EngineEvent {
    if (event.type === "resource" || event.severity !== "error" || event.urn === "") {
      return event;
    }
    const name = nameOf(event.urn);
    const first = this.errors.get(event.message) ?? name;
    this.errors.set(event.message, first);
    return first === name ? event : { ...event, message: `the same as ${first}` };
  }

  /** Draws in one write, so that the rows do not flicker. */
  private draw(): void {
    const rows = this.isClosed ? [] : this.shown();
    const text = `${this.erased()}${this.printed}${rows.map((row) => `${row}\n`).join("")}`;
    this.printed = "";
    this.drawn = rows;
    if (text !== "") {
      this.out.write(text);
    }
  }

  /** The sequence that erases the rows. On a terminal that became narrower, old rows take several lines. */
  private erased(): string {
    const lines = this.drawn.map((row) => Math.max(1, Math.ceil(columnsOf(row) / this.columns)));
    const up = lines.reduce((sum, each) => sum + each, 0);
    return up === 0 ? "" : `\x1b[${up}F\x1b[J`;
  }

  /** A pseudo-terminal without a size reports 0. */
  private get columns(): number {
    return this.out.columns || 80;
  }

  private shown(): string[] {
    const rows = [...this.rows.values()].filter(({ step, waitsFor }) => step !== undefined || waitsFor !== "");
    // The last column stays empty, because some terminals wrap as soon as it is written.
    const columns = this.columns - 1;
    const notice = wrapped(this.noticed, columns);
    const room = Math.max(1, (this.out.rows || 24) - 2 - notice.length);
    const fitting = rows.length > room ? rows.slice(0, room - 1) : rows;
    const texts = fittingTexts(fitting, columns);
    const rest = rows.length - fitting.length;
    const more = rest === 0 ? [] : [cut(`    … and ${rest} more`, columns)];
    return [...texts, ...more, ...notice].slice(-Math.max(1, (this.out.rows || 24) - 1));
  }
}

/** The rows in the longest form in which all of them fit: the progress text is what users read, so it is cut last. */
function fittingTexts(rows: Row[], columns: number): string[] {
  const forms: ((step: StepWords, waitsFor: string) => string)[] = [
    ({ sign, type, name, what }, waitsFor) => ` ${sign} ${type} ${name} ${what}  ${waitsFor}`,
    ({ sign, type, name, what }, waitsFor) => ` ${sign} ${type} ${name}  ${waitsFor || what}`,
    ({ sign, name, what }, waitsFor) => ` ${sign} ${name}  ${waitsFor || what}`,
  ];
  for (const form of forms) {
    const texts = rows.map(({ step, waitsFor }) => (step === undefined ? undefined : form(step, waitsFor).trimEnd()));
    if (texts.every((text) => text === undefined || columnsOf(text) <= columns)) {
      return texts.map((text, i) => text ?? stackText(rows[i], columns));
    }
  }
  return rows.map((row) => (row.step === undefined ? stackText(row, columns) : shortened(row.step, row, columns)));
}

function stackText(row: Row | undefined, columns: number): string {
  return cut(`    the stack  ${row?.waitsFor ?? ""}`, columns);
}

/** Shortens the name first, but leaves it a third of the row, then the progress. */
function shortened({ sign, name, what }: StepWords, { waitsFor }: Row, columns: number): string {
  const text = waitsFor || what;
  const room = columns - ` ${sign}   `.length - columnsOf(text);
  const shortName = cut(name, Math.max(Math.floor(columns / 3), room));
  const head = ` ${sign} ${shortName}  `;
  return cut(`${head}${shortenedProgress(text, columns - columnsOf(head))}`, columns);
}

/** Keeps the elapsed time, which changes, and cuts the text before it. */
function shortenedProgress(text: string, columns: number): string {
  const [what = "", howLong] = text.split(" … ");
  const room = columns - columnsOf(` ${howLong}`);
  return howLong === undefined || room < 12 || columnsOf(text) <= columns
    ? text
    : `${cut(`${what}${" ".repeat(columns)}`, room)} ${howLong}`;
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of onOneLine(text).split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trimStart();
    if (lines.length > 0 && columnsOf(longer) <= columns) {
      lines[lines.length - 1] = longer;
    } else if (word !== "") {
      lines.push(cut(word, columns));
    }
  }
  return lines;
}
