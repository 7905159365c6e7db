import { Failure } from "../base/errors";

/**
 * Which resources of the stack manage which sessions, as far as this process was told. A session has one: of two, each would
 * delete it from under the other. What is deleted can only be told from what stays by what is declared: Pulumi asks for a
 * `diff` of every resource that stays, and for none of one that goes.
 */
export class Claims {
  /** Every session that was seen to be in the state. */
  readonly known = new Set<string>();
  /** Whether a session may have another owner by now than the state knows: some create of this process was to adopt one. */
  hasServedAdoption = false;
  /**
   * Whether the stack's program runs, as it does in an `up`: its resources are checked. A destroy runs none. A process whose
   * resources have all left the program sees no check either, so it must ask the engine; until then it does not know.
   */
  isProgramRunning: boolean | undefined;
  private readonly holders = new Map<string, readonly string[]>();
  /** Sessions that were taken over in this process. */
  private readonly adopted = new Set<string>();

  /** The session is in the state; whether its resource is declared any more is not known. */
  see(monitorId: string): void {
    this.known.add(monitorId);
  }

  /** A declared resource manages the session. It may have another URN now than the state knows, so there may be two. */
  register(monitorId: string, urns: readonly unknown[]): void {
    const other = this.otherHolder(monitorId, urns);
    if (other !== undefined) {
      throw new Failure(
        `Session ${monitorId} is managed by two resources of this stack: ${String(urns.at(-1))} and ${other}. Each would change it, and delete it, from under the other, so nothing was done. Remove one of them from the program and run \`pulumi up\`: its entry leaves the state then, and the session stays with the other.`,
      );
    }
    this.see(monitorId);
    this.holders.set(
      monitorId,
      urns.filter((urn) => typeof urn === "string"),
    );
  }

  /** A resource takes over a session that exists already. */
  adopt(monitorId: string, urn: unknown): void {
    if (this.holders.has(monitorId)) {
      throw new Failure(
        `Session ${monitorId} cannot be adopted: a resource of this stack manages it already. Nothing was changed. Declare it once; if that resource is to be replaced, remove \`adopt\` first (it has done its work).`,
      );
    }
    this.register(monitorId, [urn]);
    this.adopted.add(monitorId);
  }

  /** The resource that manages a session from now on, where it is not the one that is about to be deleted. */
  currentOwner(monitorId: string, urn: unknown): string | undefined {
    return this.adopted.has(monitorId) ? this.holders.get(monitorId)?.at(-1) : this.otherHolder(monitorId, [urn]);
  }

  private otherHolder(monitorId: string, urns: readonly unknown[]): string | undefined {
    const holders = this.holders.get(monitorId) ?? [];
    const isSame = urns.every((urn) => typeof urn !== "string") || holders.some((each) => urns.includes(each));
    return isSame ? undefined : holders.at(-1);
  }
}
