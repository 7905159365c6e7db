import type { EngineEvent, OperationResult } from "../../sandbox/engine";
import type { Display, DisplayOptions } from "./display";
import { summary } from "./summary";
import { plain } from "./text";
import { lineOf, type Operation } from "./words";

/** A log shows progress that changes only in its numbers this often. */
const AGAIN_MS = 30_000;

/** Prints a line when a step begins, ends or reports something new, for logs. */
export class Lines implements Display {
  private readonly failed = new Set<string>();
  /** By resource: when each kind of progress was last shown. */
  private readonly shownAt = new Map<string, Map<string, number>>();

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

  /** Whether a log should show an event: progress that changes only in its numbers waits, all else is shown at once. */
  private isNews(event: EngineEvent): boolean {
    if (event.type === "resource" || event.urn === "") {
      return true;
    }
    const said = this.shownAt.get(event.urn) ?? new Map<string, number>();
    this.shownAt.set(event.urn, said);
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
