/**
 * Runs one Pulumi stack of dynamic resources without the Pulumi CLI: the program in Pulumi's unmodified program runner, the
 * resources in Pulumi's unmodified plugin, the state in the form of `pulumi stack export`. What it cannot do, it refuses
 * by name.
 *
 * @packageDocumentation
 */
export { EngineError } from "./errors";
export type { Changes, Diagnostic, EngineEvent, ResourceOp, Severity } from "./events";
export { defaultStateFile } from "./process/project";
export { exportState, type OperationOptions, type OperationResult, runOperation } from "./run";
export { isObject, isSecret, SECRET, SIGNATURE, UNKNOWN, unwrap, type Value, type Values } from "./wire/values";
