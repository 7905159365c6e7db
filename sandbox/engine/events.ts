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

export type ResourceOp = "create" | "update" | "replace" | "delete" | "read" | "refresh" | "same";
export type Severity = "debug" | "info" | "warning" | "error";

/** How many resources met with what. */
export type Changes = Record<ResourceOp, number>;

export interface Diagnostic {
  severity: Severity;
  message: string;
  urn: string;
}
