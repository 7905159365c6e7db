import type { Changes, Diagnostic, EngineEvent, ResourceOp, Severity } from "../events";
import type { PendingOperation, ResourceState } from "../state/state";
import { isProviderType, nameOf, typeOf } from "../urn";
import { sameValue } from "../wire/values";
import type { Step, StepOp } from "./step";

/** The public name of each step. Steps without one are not shown. */
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

/** Reports and counts steps, and keeps the diagnostics of an operation. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  readonly changes: Changes = { create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0, same: 0, discard: 0 };
  /** Whether a write of the state failed at least once. */
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
    // A read that finds no change is not counted.
    const isNews = op !== "read" || (old !== undefined && !sameValue(old.outputs, next?.outputs));
    if (isCounted(op) && isNews && !isInternal(urn)) {
      this.changes[op] += 1;
    }
  }

  failed(step: Step): void {
    this.show(step, "failed");
  }

  /** Reports what a refresh operation found. */
  found(urn: string, op: "same" | "update" | "delete", keys: string[]): void {
    if (!isInternal(urn)) {
      this.emit({ type: "resource", urn, op, phase: "end", keys });
      this.changes[op] += 1;
    }
  }

  /** Marks the operation as failed after its error was reported elsewhere. */
  fail(): void {
    this.hasFailed = true;
  }

  error(message: string, urn = ""): void {
    this.fail();
    this.diagnose("error", message, urn);
  }

  diagnose(severity: Severity, message: string, urn = "", ephemeral = false): void {
    if (severity === "debug") {
      // The program runner logs whole resources at this level, including secrets.
      return;
    }
    if (!ephemeral) {
      this.diagnostics.push({ severity, message, urn });
    }
    this.emit({ type: "diagnostic", severity, message, urn, ephemeral });
  }

  /** Reports once that the state cannot be written; every later step fails the same way. */
  unwritable(error: Error): void {
    if (!this.wasUnwritable) {
      this.wasUnwritable = true;
      this.error(`${error.message} No new steps start; the running ones finish.`);
    }
  }

  /** Reports the final condition of a state that could not be written. */
  conclude(isSaved: boolean, unsaved: readonly ResourceState[]): void {
    if (!this.wasUnwritable) {
      return;
    }
    if (isSaved) {
      this.diagnose("warning", "The last write of the state succeeded. The state records all that was done.");
      return;
    }
    const list = unsaved
      .filter(({ custom, id, type }) => custom && id && !isProviderType(type))
      .map(({ urn, id }) => `\n  * ${urn} (id ${id})`);
    this.error(
      list.length === 0
        ? "The state lacks the last changes, but it records every resource that exists. Make sure that the state file is writable, then run the same command again."
        : `These resources exist, but the state does not record them:${list.join("")}\nThey may cost money, and no command on this stack deletes them. Make sure that the state file is writable, then delete them by id or take them over with \`adopt\`.`,
    );
  }

  /** Warns of interrupted operations. A refresh resolves all of them except creates, which have no id. */
  warnOfPending(pending: readonly PendingOperation[], isRefreshed: boolean): void {
    const creates = pending.filter((each) => each.type === "creating");
    if (pending.length > creates.length && !isRefreshed) {
      this.diagnose(
        "warning",
        `An earlier run was interrupted during these operations:\n${listOf(pending)}The state may be outdated. Run \`sandbox refresh\` to update it.${creates.length > 0 ? `\n${OF_CREATES}` : ""}`,
      );
    } else if (creates.length > 0) {
      const text = `An earlier run was interrupted during these creates:\n${listOf(creates)}${OF_CREATES}`;
      this.diagnose(isRefreshed ? "info" : "warning", text);
    }
  }

  /** Removes interrupted creates and keeps the other pending operations. */
  cleared(pending: readonly PendingOperation[]): PendingOperation[] {
    const creates = pending.filter((each) => each.type === "creating");
    if (creates.length > 0) {
      this.diagnose("info", `Removed from the state:\n${listOf(creates)}`);
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

/** A replacement counts once, not for each part; {@link Report.found} counts refreshes. */
function isCounted(op: StepOp): op is keyof Changes & StepOp {
  return ["same", "create", "update", "replace", "delete", "read", "discard"].includes(op);
}

/** Whether a resource is internal to the engine: the default provider, which no program declares. */
function isInternal(urn: string): boolean {
  return isProviderType(typeOf(urn)) && nameOf(urn).startsWith("default");
}

const OF_CREATES =
  "An interrupted create may have left a session that `destroy` does not find, because the state does not record it. Run `sandbox export > state.json` and `sweep --state state.json --idle`: it shows the session, if it exists, and deletes it with `--yes`. After that, `sandbox refresh --clear-pending-creates` removes this entry.";

function listOf(pending: readonly PendingOperation[]): string {
  return pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join("");
}
