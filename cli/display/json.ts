import type { Diagnostic, EngineEvent, OperationResult, ResourceOp } from "../../sandbox/engine";
import type { Display, DisplayOptions } from "./display";
import { outputsAsJson } from "./outputs";
import { hasStaleOutputs, wasStopped } from "./summary";
import { jsonText } from "./text";
import { nameOf, type Operation } from "./words";

interface ResourceReport {
  urn: string;
  type: string;
  name: string;
  op: ResourceOp;
  /** `unknown`: the step was interrupted. */
  result: "done" | "failed" | "unknown";
  /** The top-level keys that changed. */
  keys?: string[];
}

/** Prints one JSON object on stdout at the end, for scripts. In a preview, `done` means that `up` would do it. */
export class JsonReport implements Display {
  private readonly steps = new Map<string, ResourceReport>();

  constructor(
    private readonly operation: Operation,
    private readonly out: NodeJS.WriteStream,
    private readonly options: DisplayOptions,
  ) {}

  onEvent(event: EngineEvent): void {
    if (
      event.type === "resource" &&
      !(this.operation === "refresh" && event.op === "refresh" && event.phase === "end")
    ) {
      const { urn, op, phase, keys = [] } = event;
      const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
      const result = phase === "begin" ? "unknown" : phase === "end" ? "done" : "failed";
      // A refresh begins as `refresh` and ends as what it found. A replacement has several steps for one resource.
      const step = this.operation === "refresh" ? urn : `${urn} ${op}`;
      this.steps.set(step, { urn, type, name: nameOf(urn), op, result, ...(keys.length > 0 ? { keys } : {}) });
    }
  }

  notice(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  finish(result: OperationResult): void {
    const resources = [...this.steps.values()];
    const failed = new Set(resources.filter((each) => each.result === "failed").map(({ urn }) => urn));
    const { showSecrets, suppressOutputs } = this.options;
    const isLeftOut = hasStaleOutputs(result, this.operation) || suppressOutputs;
    this.print({
      ok: result.ok,
      result: result.ok ? "succeeded" : wasStopped(result, failed.size) ? "stopped" : "failed",
      changes: { ...result.changes, failed: failed.size },
      resources,
      outputs: isLeftOut ? {} : outputsAsJson(result.outputs, showSecrets),
      diagnostics: result.diagnostics,
    });
  }

  /** Reports an operation that could not start. */
  fail(message: string): void {
    const diagnostics: Diagnostic[] = [{ severity: "error", message, urn: "" }];
    this.print({ ok: false, result: "failed", changes: {}, resources: [], outputs: {}, diagnostics });
  }

  close(): void {}

  private print(report: Record<string, unknown>): void {
    const { operation, options } = this;
    this.out.write(`${jsonText({ operation, stack: options.stack, ...report })}\n`);
  }
}
