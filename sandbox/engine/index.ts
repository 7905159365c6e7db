/**
 * Runs one Pulumi stack of dynamic resources without the Pulumi CLI. The program runs in Pulumi's unmodified program runner, the
 * resources in Pulumi's unmodified plugin, and the state has the format of `pulumi stack export`. Features that it does not
 * support are refused by name.
 *
 * @packageDocumentation
 */
export { EngineError } from "./errors";
export type { Changes, Diagnostic, EngineEvent, ResourceOp, Severity } from "./events";
export { exportState } from "./export";
export { defaultStateFile } from "./process/project";
export { type OperationOptions, type OperationResult, runOperation } from "./run";
export { isObject, isSecret, SECRET, SIGNATURE, UNKNOWN, unwrap, type Value, type Values } from "./wire/values";
