import type { Diagnostic, EngineEvent, OperationResult, ResourceOp } from "../sandbox/engine";
import type { Display, DisplayOptions } from "./display-options";
import { outputsAsJson } from "./outputs";
import { hasStaleOutputs, wasStopped } from "./summary";
import { jsonText } from "./text";
import { nameOf, type Operation } from "./words";

interface ResourceReport {
  urn: string;
  type: string;
  name: string;
  op: ResourceOp;
  /** Of a step that was cut off neither is known. */
  result: "done" | "failed" | "unknown";
  /** The top-level keys that differ. */
  keys?: string[];
}

/** For scripts: one JSON object on stdout when all is over. What a preview calls done is what an `up` would do. */
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
      // A refresh begins as `refresh`, and ends as what was found; the same resource may be replaced in several steps.
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

  /** It did not even begin. */
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
