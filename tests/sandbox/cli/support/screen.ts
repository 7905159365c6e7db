import { columnsOf } from "../../../../cli/display/text";

/** A terminal that wraps lines at its width, reflows them when it is resized, and knows the few sequences that rows are drawn with. */
export class Screen {
  readonly isTTY = true;
  /** Sequences that it does not know, and ways up that end in the middle of a line. */
  readonly faults: string[] = [];
  private lines: string[] = [""];
  private readonly listeners = new Map<string, () => void>();

  constructor(
    public columns: number,
    public rows: number,
  ) {}

  write(text: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads what a terminal reads
    for (const [part] of text.matchAll(/\x1b\[(\d+)F|\x1b\[J|\r\x1b\[K|\n|[^\n\r\x1b]+|[\r\x1b]/g)) {
      const up = /\[(\d+)F$/.exec(part)?.[1];
      if (part.startsWith("\x1b") && up !== undefined) {
        this.goUp(Number(up));
      } else if (part === "\n") {
        this.lines.push("");
      } else if (part === "\r\x1b[K") {
        this.lines[this.lines.length - 1] = "";
      } else if (part === "\r" || part === "\x1b") {
        this.faults.push(`unknown: ${JSON.stringify(text)}`);
      } else if (part !== "\x1b[J") {
        this.lines[this.lines.length - 1] += part;
      }
    }
    return true;
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, listener);
  }

  off(event: string): void {
    this.listeners.delete(event);
  }

  resize(columns: number, rows = this.rows): void {
    this.columns = columns;
    this.rows = rows;
    this.listeners.get("resize")?.();
  }

  get listens(): boolean {
    return this.listeners.size > 0;
  }

  /** Every line since the beginning, as somebody sees who scrolls back. */
  get all(): string[] {
    return this.lines.flatMap((line) => this.wrapped(line));
  }

  /** What is on the screen now. */
  get visible(): string[] {
    return this.all.slice(-this.rows);
  }

  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  /** What the display draws over is erased by the sequence that always follows. */
  private goUp(count: number): void {
    // The terminal echoes Ctrl-C where the cursor stands.
    this.lines.pop();
    let left = count;
    while (left > 0) {
      const line = this.lines.pop();
      left -= line === undefined ? left + 1 : this.wrapped(line).length;
    }
    if (left < 0) {
      this.faults.push(`went up ${count} lines into the middle of one, or beyond the first`);
    }
    this.lines.push("");
  }

  private wrapped(line: string): string[] {
    const parts = [""];
    for (const character of line) {
      if (columnsOf(parts.at(-1) + character) > this.columns) {
        parts.push("");
      }
      parts[parts.length - 1] += character;
    }
    return parts;
  }
}
