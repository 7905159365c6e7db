/** What an operation reports while it runs. */
export type EngineEvent =
  | {
      type: "resource";
      urn: string;
      /** The step. */
      op: ResourceOp;
      /** Whether the step begins, has ended, or has failed. */
      phase: "begin" | "end" | "failed";
      /** For an update or a replacement: the top-level keys that changed. */
      keys?: string[];
    }
  | { type: "diagnostic"; severity: Severity; message: string; urn: string; ephemeral: boolean };

/** `create-replacement` and `delete-replaced` are parts of a `replace`; `discard` drops a resource that was only read. */
export type ResourceOp =
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "delete"
  | "read"
  | "refresh"
  | "same"
  | "discard";
export type Severity = "debug" | "info" | "warning" | "error";

/** How many resources were created, updated and so on. */
export type Changes = Record<
  "create" | "update" | "replace" | "delete" | "read" | "refresh" | "same" | "discard",
  number
>;

export interface Diagnostic {
  severity: Severity;
  message: string;
  urn: string;
}
