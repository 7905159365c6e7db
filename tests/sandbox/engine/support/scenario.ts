/** What the fixture program in `fixtures/widgets` is to declare. */
export interface Program {
  resources: Declaration[];
  outputs?: Record<string, unknown>;
}

export interface Declaration {
  kind?: "widget" | "read" | "component" | "provider" | "fail";
  name: string;
  props?: Record<string, unknown>;
  opts?: Record<string, unknown>;
}

/** One operation on the stack, and what is done by hand before it. */
export interface Step {
  run: "preview" | "up" | "refresh" | "destroy";
  program?: Program;
  /** Refresh first. */
  refresh?: boolean;
  /** What the stack's configuration is from here on; `{ secret }` values are encrypted. */
  config?: Record<string, string | { secret: string }>;
  /** Widgets that are changed (or, with `null`, deleted) behind the engine's back. */
  cloud?: Record<string, Record<string, unknown> | null>;
  /** Operations that a run which was cut off has left in the state, by the name of their resource. */
  pending?: { name: string; type: "creating" | "updating" | "deleting" | "reading" }[];
}

/** A life of one stack: what both this engine and the Pulumi CLI are put through. */
export interface Scenario {
  name: string;
  steps: Step[];
}

/** What a step came to, in a form that does not depend on when and where it ran. */
export interface Outcome {
  ok: boolean;
  changes: Record<string, number>;
  errors: string[];
  warnings: string[];
  calls: Record<string, unknown[]>;
  state: unknown;
}

export function widget(name: string, props: Record<string, unknown> = {}, opts?: Record<string, unknown>): Declaration {
  return { name, props, ...(opts ? { opts } : {}) };
}

/** An output of another resource. */
export function output(name: string, key: string): unknown {
  return { $of: name, $key: key };
}

/** Another resource, for options such as `parent` and `dependsOn`. */
export function the(name: string): unknown {
  return { $of: name };
}

export function secret(value: unknown): unknown {
  return { $secret: value };
}
