import type { PendingOperation, ResourceState } from "../state/state";

/** The kinds of steps, with the names of Pulumi's engine. */
export type StepOp =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "refresh";

/** One step on one resource. */
export interface Step {
  op: StepOp;
  urn: string;
  /** The state before. */
  old?: ResourceState;
  /** The state after; `apply` fills in what only the provider knows. */
  next?: ResourceState;
  /** The pending operation that is recorded while it runs. */
  pending?: PendingOperation["type"];
  /** The top-level keys that changed. */
  keys?: string[];
  /** Performs the step. After an {@link InitError} the resource exists, so the result is recorded. */
  apply(): Promise<void>;
  /** Records the result in the ledger. */
  record(): void;
  /** Passes the result to the program. */
  complete?(): void;
}

/** A delete of a protected resource. Other steps continue, and the operation fails at the end. */
export class ProtectedError extends Error {}

export type Complete = (state: ResourceState) => void;
