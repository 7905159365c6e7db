import type { PendingOperation, ResourceState } from "../state/state";

/** What can be done about a resource, in the words of Pulumi's engine. */
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

/** One thing to be done about one resource. */
export interface Step {
  op: StepOp;
  urn: string;
  /** What there was. */
  old?: ResourceState;
  /** What there will be; `apply` fills in what only the provider knows. */
  next?: ResourceState;
  /** What stands on record while it lasts. */
  pending?: PendingOperation["type"];
  /** Top-level keys that differ. */
  keys?: string[];
  /** Does it. After an {@link InitError} it still counts as done, though not well. */
  apply(): Promise<void>;
  /** Writes down that it was done. */
  record(): void;
  /** Tells whoever waits for it. */
  complete?(): void;
}

/** A delete that must not be. Other things go on, and the operation fails in the end. */
export class ProtectedError extends Error {}

export type Complete = (state: ResourceState) => void;
