/** The engine that this plugin process works for. */
export interface EngineClient {
  /** `false` once the engine has died. A paused engine is alive. */
  alive(): Promise<boolean>;
  /** Shows a line on a resource's row. Best effort: settles when the engine has the line, or refuses it, and never rejects. */
  log(line: EngineLine): Promise<void>;
  /** Whether the stack's program runs in this operation, as in an `up`. `true` if the engine does not say. */
  runsProgram?(): Promise<boolean>;
}

export interface EngineLine {
  urn: string | undefined;
  text: string;
  severity: "info" | "warning";
  /** Gone when the operation ends. */
  ephemeral: boolean;
}

/** For a process that no engine started, such as a unit test. */
export const noEngine: EngineClient = { alive: async () => true, log: async () => {} };
