/** What an operation tells while it runs. */
export type EngineEvent =
  | {
      type: "resource";
      urn: string;
      /** What is done to it. */
      op: ResourceOp;
      /** Whether that begins, has ended, or has failed. */
      phase: "begin" | "end" | "failed";
      /** For an update or a replacement: the top-level keys that differ. */
      keys?: string[];
    }
  | { type: "diagnostic"; severity: Severity; message: string; urn: string; ephemeral: boolean };

/** `create-replacement` and `delete-replaced` are parts of a `replace`; `discard` forgets what was only read. */
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

/** How many resources met with what. */
export type Changes = Record<
  "create" | "update" | "replace" | "delete" | "read" | "refresh" | "same" | "discard",
  number
>;

export interface Diagnostic {
  severity: Severity;
  message: string;
  urn: string;
}
