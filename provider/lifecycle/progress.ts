/** The engine that this plugin process works for. */
export interface EngineClient {
  /** `false` once the engine has died. A paused engine is alive. */
  alive(): Promise<boolean>;
  /**
   * Shows a line on the row of a resource; `ephemeral` lines are gone when the operation ends. Best effort: settles when the
   * engine has the line, or will not take it, and never rejects.
   */
  log(line: EngineLine): Promise<void>;
  /** Whether the stack's program runs in this operation, as it does in an `up`. `true` where the engine does not say. */
  runsProgram?(): Promise<boolean>;
}

export interface EngineLine {
  urn: string | undefined;
  text: string;
  severity: "info" | "warning";
  ephemeral: boolean;
}

/** For a process that no engine started, such as a unit test. */
export const noEngine: EngineClient = { alive: async () => true, log: async () => {} };
