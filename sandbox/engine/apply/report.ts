import type { Changes, Diagnostic, EngineEvent, ResourceOp, Severity } from "../events";
import type { PendingOperation, ResourceState } from "../state/state";
import { isProviderType, nameOf, typeOf } from "../urn";
import { sameValue } from "../wire/values";
import type { Step, StepOp } from "./step";

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
  /** Whether the state could not be written at some time. */
  wasUnwritable = false;
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

  /** The state cannot be written: said once, though every step finds it out. */
  unwritable(error: Error): void {
    if (!this.wasUnwritable) {
      this.wasUnwritable = true;
      this.error(`${error.message} No new steps are begun; those under way are let finish.`);
    }
  }

  /** What became of the state in the end, where it could not be written. */
  conclude(isSaved: boolean, unsaved: readonly ResourceState[]): void {
    if (!this.wasUnwritable) {
      return;
    }
    if (isSaved) {
      this.diagnose("warning", "The state could be written in the end. It holds all that was done.");
      return;
    }
    const list = unsaved
      .filter(({ custom, id, type }) => custom && id && !isProviderType(type))
      .map(({ urn, id }) => `\n  * ${urn} (id ${id})`);
    this.error(
      list.length === 0
        ? "The state lacks the last changes, but no resource that exists. Make sure that it can be written, then run the same command again."
        : `These resources exist, and the state does not hold them:${list.join("")}\nThey may cost money, and no command on this stack deletes them. Make sure that the state can be written, then delete them by their ids or take them over.`,
    );
  }

  /** What an earlier operation has begun, and nobody saw the end of. A refresh looks at all of it but creates, which have no id. */
  warnOfPending(pending: readonly PendingOperation[], isRefreshed: boolean): void {
    const creates = pending.filter((each) => each.type === "creating");
    if (pending.length > creates.length && !isRefreshed) {
      this.diagnose(
        "warning",
        `An earlier run was cut off during these operations:\n${listOf(pending)}The state may be older than what is there. Run \`sandbox refresh\` to read it again.${creates.length > 0 ? `\n${OF_CREATES}` : ""}`,
      );
    } else if (creates.length > 0) {
      const text = `An earlier run was cut off during these creates:\n${listOf(creates)}${OF_CREATES}`;
      this.diagnose(isRefreshed ? "info" : "warning", text);
    }
  }

  /** Drops creates that were cut off; whatever else is pending stays. */
  cleared(pending: readonly PendingOperation[]): PendingOperation[] {
    const creates = pending.filter((each) => each.type === "creating");
    if (creates.length > 0) {
      this.diagnose("info", `Cleared from the state:\n${listOf(creates)}`);
    }
    return pending.filter((each) => each.type !== "creating");
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

const OF_CREATES =
  "What such a create made, if anything, is in no state, and `destroy` does not find it. Look for it in the cloud, delete it or take it over with `adopt`, then run `sandbox refresh --clear-pending-creates`.";

function listOf(pending: readonly PendingOperation[]): string {
  return pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join("");
}
