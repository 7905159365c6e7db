import type { Path } from "./paths";
import type { Values } from "./values";

/** Manages resources of one kind: a plugin process, or the engine itself for provider resources. */
export interface ResourceProvider {
  check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: CheckFailure[] }>;
  diff(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values): Promise<ProviderDiff>;
  create(urn: string, inputs: Values, call?: Call): Promise<{ id: string; outputs: Values }>;
  update(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values, call?: Call): Promise<Values>;
  read(urn: string, id: string, inputs: Values, outputs: Values): Promise<ReadResult>;
  delete(urn: string, id: string, inputs: Values, outputs: Values, call?: Call): Promise<void>;
  /** Whether it can tell a preview what a create or an update would return. */
  readonly supportsPreview?: boolean;
}

/** What an operation says beside its values. */
export interface Call {
  isPreview?: boolean;
  /** What `customTimeouts` allow. */
  seconds?: number | undefined;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface ProviderDiff {
  /** `undefined`: the engine compares the inputs. */
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Where something differs, if the provider tells. */
  paths?: Path[];
}

export interface ReadResult {
  /** Empty if the resource does not exist. */
  id: string;
  outputs: Values;
  /** Absent if the provider does not return them. */
  inputs?: Values;
  initErrors?: string[];
}

/** A diff as the engine acts on it. */
export interface Diff {
  changes: boolean;
  /** Keys that require a replacement. */
  replaces: string[];
  /** Where the inputs differ, if the engine compared them. */
  paths: Path[];
  deleteBeforeReplace: boolean;
}

/** A partial failure: the resource exists, but its creation or update did not finish. */
export class InitError extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Values,
    readonly reasons: string[],
    readonly inputs?: Values,
  ) {
    const list = reasons.map((reason) => `\t* ${reason}\n`).join("");
    super(`${reasons.length} error${reasons.length === 1 ? "" : "s"} occurred:\n${list}`);
  }
}
