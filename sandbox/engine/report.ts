import type { Changes, Diagnostic, EngineEvent, ResourceOp, Severity } from "./events";
import type { PendingOperation } from "./state";
import type { Step, StepOp } from "./step";
import { isProviderType, nameOf, typeOf } from "./urn";
import { sameValue } from "./values";

/** What a step is called to the outside. What is missing here is not shown. */
const SHOWN: Readonly<Partial<Record<StepOp, ResourceOp>>> = {
  same: "same",
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "create-replacement",
  delete: "delete",
  "delete-replaced": "delete-replaced",
  read: "read",
  "read-replacement": "read",
  discard: "discard",
  refresh: "refresh",
};

/** Tells what happens, counts it, and remembers what went wrong. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  readonly changes: Changes = { create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0, same: 0, discard: 0 };
  private hasFailed = false;

  constructor(private readonly emit: (event: EngineEvent) => void) {}

  get ok(): boolean {
    return !this.hasFailed;
  }

  begin(step: Step): void {
    this.show(step, "begin");
  }

  end(step: Step): void {
    this.show(step, "end");
    const { op, urn, old, next } = step;
    // A read that finds nothing new is not counted.
    const isNews = op !== "read" || (old !== undefined && !sameValue(old.outputs, next?.outputs));
    if (isCounted(op) && isNews && !isInternal(urn)) {
      this.changes[op] += 1;
    }
  }

  failed(step: Step): void {
    this.show(step, "failed");
  }

  /** What a refresh found, where that is what the operation is for. */
  found(urn: string, op: "same" | "update" | "delete", keys: string[]): void {
    if (!isInternal(urn)) {
      this.emit({ type: "resource", urn, op, phase: "end", keys });
      this.changes[op] += 1;
    }
  }

  /** It did not go well, and why has been said. */
  fail(): void {
    this.hasFailed = true;
  }

  error(message: string, urn = ""): void {
    this.fail();
    this.diagnose("error", message, urn);
  }

  diagnose(severity: Severity, message: string, urn = "", ephemeral = false): void {
    if (severity === "debug") {
      // The program runner writes whole resources there, secrets and all.
      return;
    }
    if (!ephemeral) {
      this.diagnostics.push({ severity, message, urn });
    }
    this.emit({ type: "diagnostic", severity, message, urn, ephemeral });
  }

  /** What an earlier operation has begun, and nobody saw the end of. */
  warnOfPending(pending: readonly PendingOperation[]): void {
    if (pending.length === 0) {
      return;
    }
    const list = pending.map((each) => `  * ${each.resource.urn}, interrupted while ${each.type}\n`).join("");
    this.diagnose(
      "warning",
      `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n${list}These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to these resources to complete. You should confirm whether or not the operations listed completed successfully by checking the state of the appropriate provider. For example, if you are using AWS, you can confirm using the AWS Console.\n\nOnce you have confirmed the status of the interrupted operations, you can repair your stack using \`pulumi refresh\` which will refresh the state from the provider you are using and clear the pending operations if there are any.\n\nNote that \`pulumi refresh\` will need to be run interactively to clear pending CREATE operations.`,
    );
  }

  private show({ op, urn, keys }: Step, phase: "begin" | "end" | "failed"): void {
    const shown = SHOWN[op];
    if (shown !== undefined && !isInternal(urn)) {
      this.emit({ type: "resource", urn, op: shown, phase, ...(keys ? { keys } : {}) });
    }
  }
}

/** The parts of a replacement are not counted beside the whole; what a refresh comes to is told by {@link Report.found}. */
function isCounted(op: StepOp): op is keyof Changes & StepOp {
  return ["same", "create", "update", "replace", "delete", "read", "discard"].includes(op);
}

/** Whether a resource is the engine's own business: the provider that nobody declared. */
function isInternal(urn: string): boolean {
  return isProviderType(typeOf(urn)) && nameOf(urn).startsWith("default");
}
