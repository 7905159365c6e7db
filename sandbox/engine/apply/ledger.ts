import { dangling, type PendingOperation, type ResourceState, type Snapshot } from "../state/state";
import type { StateFile } from "../state/state-file";

/**
 * Tracks the resources of the state during an operation. The file lists first the resources that this operation has finished, in
 * that order, then the remaining ones; so every resource comes after those that it depends on.
 */
export class Ledger {
  private fresh: ResourceState[] = [];
  private base: ResourceState[];
  private readonly cutOff: PendingOperation[];
  private underWay: PendingOperation[] = [];
  private readonly struckOff = new Set<ResourceState>();
  private isFrozen = false;

  constructor(
    snapshot: Snapshot,
    private readonly file: StateFile,
    private readonly isPreview: boolean,
    /** Called when the state cannot be written. */
    private readonly onUnwritable: (error: Error) => void,
  ) {
    this.base = snapshot.resources;
    // Interrupted creates stay recorded until the user has resolved them. All other operations can be repeated.
    this.cutOff = snapshot.pendingOperations.filter((each) => each.type === "creating");
  }

  /** All resources, in the order of the file. */
  get resources(): ResourceState[] {
    return [...this.fresh, ...this.base];
  }

  /** The resources of the state that this operation has not finished yet. */
  get olds(): readonly ResourceState[] {
    return this.base;
  }

  /**
   * Records that an operation begins, and returns the function that removes the record. Returns `undefined` if the record could
   * not be written; then the operation must not begin.
   */
  async begin(operation: PendingOperation | undefined): Promise<(() => void) | undefined> {
    if (operation === undefined) {
      return () => {};
    }
    this.underWay = [...this.underWay, operation];
    const end = () => {
      this.underWay = this.underWay.filter((each) => each !== operation);
    };
    if (await this.save()) {
      return end;
    }
    end();
    return undefined;
  }

  /** Replaces the old state of a finished resource with its new one. */
  settle(old: ResourceState | undefined, state: ResourceState | undefined): void {
    this.fresh = this.fresh.filter((each) => each !== old);
    this.base = this.base.filter((each) => each !== old);
    if (state !== undefined) {
      // It may have been written before, as a pending operation.
      this.file.forget(state);
      this.fresh.push(state);
    }
  }

  /** Removes a resource from the file before it is deleted. If that delete fails, the state does not show it. */
  strikeOff(state: ResourceState): void {
    this.struckOff.add(state);
  }

  /** Changes a state in place. */
  amend(state: ResourceState, change: Partial<ResourceState>): void {
    Object.assign(state, change);
    this.file.forget(state);
  }

  /** Replaces a state with what a refresh found; `undefined` means that the resource is gone. */
  refresh(old: ResourceState, found: ResourceState | undefined): void {
    this.base = this.base.flatMap((each) => (each === old ? (found ?? []) : each));
    if (found === undefined) {
      this.mend();
    }
  }

  /** Removes references to resources that are gone. */
  mend(): void {
    for (const [state, change] of dangling(this.base)) {
      this.amend(state, change);
    }
  }

  /** Writes the state. Returns whether the file is up to date; a preview writes nothing. */
  async save(): Promise<boolean> {
    if (this.isPreview) {
      return true;
    }
    try {
      await this.file.save(() => (this.isFrozen ? undefined : this.snapshot()));
      return !this.isFrozen;
    } catch (error) {
      this.onUnwritable(error as Error);
      return false;
    }
  }

  /** Resources that exist but are missing in the file. */
  get unsaved(): ResourceState[] {
    return this.isPreview ? [] : this.file.missing(this.snapshot());
  }

  private snapshot(): Snapshot {
    const resources = this.resources.filter((each) => !this.struckOff.has(each));
    return { resources, pendingOperations: [...this.underWay, ...this.cutOff] };
  }

  /** Stops all further writes, so that the file keeps the running steps as pending operations. */
  freeze(): void {
    this.isFrozen = true;
  }
}
