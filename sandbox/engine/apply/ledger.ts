import { dangling, type PendingOperation, type ResourceState, type Snapshot } from "../state/state";
import type { StateFile } from "../state/state-file";

/**
 * What is in the state, and what has become of it so far. In the file stands first what this operation has dealt with, in the
 * order in which it ended, then what it has not (yet); so everything stands after what it depends on.
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
    /** Told when the state cannot be written. */
    private readonly onUnwritable: (error: Error) => void,
  ) {
    this.base = snapshot.resources;
    // Creates that were cut off stay on record until somebody has looked after them; anything else can be done again.
    this.cutOff = snapshot.pendingOperations.filter((each) => each.type === "creating");
  }

  /** Everything, in the order of the file. */
  get resources(): ResourceState[] {
    return [...this.fresh, ...this.base];
  }

  /** What stood in the state before this operation, as far as it has not been dealt with. */
  get olds(): readonly ResourceState[] {
    return this.base;
  }

  /**
   * Puts on record that something begins. Returns what takes it off again; `undefined` where that could not be written: then it
   * may not begin.
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

  /** A resource has been dealt with: its new state comes, its old one goes. */
  settle(old: ResourceState | undefined, state: ResourceState | undefined): void {
    this.fresh = this.fresh.filter((each) => each !== old);
    this.base = this.base.filter((each) => each !== old);
    if (state !== undefined) {
      // It may have been written before, as something that has begun.
      this.file.forget(state);
      this.fresh.push(state);
    }
  }

  /** A resource goes off the record at once, though its delete is still to come. If that fails, nothing tells of it. */
  strikeOff(state: ResourceState): void {
    this.struckOff.add(state);
  }

  /** A state that stays where it is gets something else in it. */
  amend(state: ResourceState, change: Partial<ResourceState>): void {
    Object.assign(state, change);
    this.file.forget(state);
  }

  /** Puts what a refresh found in the place of what stood there; `undefined`: it is gone. */
  refresh(old: ResourceState, found: ResourceState | undefined): void {
    this.base = this.base.flatMap((each) => (each === old ? (found ?? []) : each));
    if (found === undefined) {
      this.mend();
    }
  }

  /** Drops references to what is no longer there. */
  mend(): void {
    for (const [state, change] of dangling(this.base)) {
      this.amend(state, change);
    }
  }

  /** Returns whether all of this is written now, or need not be. */
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

  /** What exists, and the file does not hold. */
  get unsaved(): ResourceState[] {
    return this.isPreview ? [] : this.file.missing(this.snapshot());
  }

  private snapshot(): Snapshot {
    const resources = this.resources.filter((each) => !this.struckOff.has(each));
    return { resources, pendingOperations: [...this.underWay, ...this.cutOff] };
  }

  /** From here on the file stays as it is: what is under way was not seen to end. */
  freeze(): void {
    this.isFrozen = true;
  }
}
