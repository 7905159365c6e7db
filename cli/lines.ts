import type { EngineEvent, OperationResult } from "../sandbox/engine";
import type { Display, DisplayOptions } from "./display-options";
import { summary } from "./summary";
import { plain } from "./text";
import { lineOf, type Operation } from "./words";

/** How long a line of progress that only counts on is kept from a log. */
const AGAIN_MS = 30_000;

/** For logs: a line when something begins, ends, or has something new to say. */
export class Lines implements Display {
  private readonly failed = new Set<string>();
  /** By resource: when each kind of progress was last told. */
  private readonly told = new Map<string, Map<string, number>>();

  constructor(
    protected readonly operation: Operation,
    protected readonly out: NodeJS.WriteStream,
    protected readonly options: DisplayOptions,
  ) {}

  onEvent(event: EngineEvent): void {
    if (event.urn !== "" && (event.type === "resource" ? event.phase === "failed" : event.severity === "error")) {
      this.failed.add(event.urn);
    }
    const text = lineOf(event, this.operation);
    if (text !== undefined && this.isNews(event)) {
      this.print(`${text}\n`);
    }
  }

  notice(text: string): void {
    process.stderr.write(`\n${text}\n`);
  }

  finish(result: OperationResult): void {
    const { showSecrets, suppressOutputs } = this.options;
    this.print(
      summary(result, this.operation, {
        failed: this.failed.size,
        ...(showSecrets ? { showSecrets } : {}),
        ...(suppressOutputs ? { suppressOutputs } : {}),
      }),
    );
    this.close();
  }

  close(): void {}

  protected print(text: string): void {
    this.out.write(plain(text));
  }

  /** Progress that differs from what was said only in its numbers waits; what stays on a row is always told, and counts. */
  private isNews(event: EngineEvent): boolean {
    if (event.type === "resource" || event.urn === "") {
      return true;
    }
    const said = this.told.get(event.urn) ?? new Map<string, number>();
    this.told.set(event.urn, said);
    const kind = event.message.replaceAll(/\d+/g, "#").replaceAll(/(#[a-z]+ ?)+/g, "#");
    const now = (this.options.now ?? Date.now)();
    const before = said.get(kind);
    const isNews = !event.ephemeral || before === undefined || now - before >= AGAIN_MS;
    if (isNews) {
      said.set(kind, now);
    }
    return isNews;
  }
}
