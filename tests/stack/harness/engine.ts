/** The operations that a stack knows. */
export type OperationName = "preview" | "up" | "refresh" | "destroy";

export interface RunOptions {
  /** Refresh first; for preview, up and destroy. */
  refresh?: boolean;
  /** How many resources to work on at a time. */
  parallel?: number;
  /** More for the environment of this one run; `undefined` takes something out. */
  env?: Environment;
  /** Further arguments for the real CLI; only for what is not played on both engines. */
  args?: string[];
}

export type Environment = Record<string, string | undefined>;

export interface RunResult {
  ok: boolean;
  /** Everything that a person could have read. */
  log: string;
  /** Lines that stood on a resource's row and went away again. */
  progress: string[];
  /** What was done to which resource, in the order in which it ended; what stayed the same is left out. */
  steps: Step[];
}

export interface Step {
  op: "create" | "update" | "replace" | "delete" | "read";
  urn: string;
}

/** What engines call what they do. The logical `replace` beside its two halves stands for no call. */
const OPS: Readonly<Record<string, Step["op"]>> = {
  create: "create",
  update: "update",
  delete: "delete",
  read: "read",
  "create-replacement": "replace",
  "read-replacement": "read",
  "delete-replaced": "delete",
};

export function stepsNamed(found: readonly { op: string; urn: string }[]): Step[] {
  return found.flatMap(({ op, urn }) => (OPS[op] === undefined ? [] : [{ op: OPS[op], urn }]));
}

/** An operation in a process of its own, which can be interrupted and killed. */
export interface Running {
  /** Ctrl-C is `SIGINT`: it reaches the whole group of the engine's process, as on a terminal. */
  signal(name: NodeJS.Signals): void;
  done: Promise<Pick<RunResult, "ok" | "log">>;
}

/** What a scenario needs of an engine. The same scenarios are played on the sandbox's and on the real CLI. */
export interface StackEngine {
  readonly name: EngineName;
  run(operation: OperationName, options?: RunOptions): Promise<RunResult>;
  start(operation: OperationName, options?: RunOptions): Promise<Running>;
  /** The state as `pulumi stack export` writes it, secrets encrypted. */
  exportText(): Promise<string>;
  importText(text: string): Promise<void>;
  /** Takes away what an engine that was killed has left to keep others out. */
  unlock(): Promise<void>;
}

export type EngineName = "sandbox" | "pulumi";

/** Who manages the monitors: Pulumi's plugin for dynamic resources, or the package's own. */
export type Face = "dynamic" | "plugin";

/** Where a scenario's stack lives. */
export interface Place {
  face: Face;
  /** The project's folder. */
  directory: string;
  /** For state, `PULUMI_HOME` and the like: whatever an engine writes. */
  scratch: string;
  stack: string;
  env: Environment;
}
