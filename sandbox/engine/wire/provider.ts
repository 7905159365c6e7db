import type { Path } from "./paths";
import type { Values } from "./values";

/** What manages resources of one kind: a plugin process, or, for provider resources, the engine itself. */
export interface ResourceProvider {
  check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: CheckFailure[] }>;
  diff(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values): Promise<ProviderDiff>;
  create(urn: string, inputs: Values): Promise<{ id: string; outputs: Values }>;
  update(urn: string, id: string, oldInputs: Values, oldOutputs: Values, news: Values): Promise<Values>;
  read(urn: string, id: string, inputs: Values, outputs: Values): Promise<ReadResult>;
  delete(urn: string, id: string, inputs: Values, outputs: Values): Promise<void>;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface ProviderDiff {
  /** `undefined`: the provider leaves it to the engine to compare the inputs. */
  changes: boolean | undefined;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export interface ReadResult {
  /** Empty when there is no such thing. */
  id: string;
  outputs: Values;
  /** Absent when the provider has nothing to say about them. */
  inputs?: Values;
  initErrors?: string[];
}

/** A diff as the engine acts on it. */
export interface Diff {
  changes: boolean;
  /** Keys that make it a replacement. */
  replaces: string[];
  /** Where the inputs differ, if the engine was to compare them. */
  paths: Path[];
  deleteBeforeReplace: boolean;
}

/** The resource exists, but is not as it should be. */
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
