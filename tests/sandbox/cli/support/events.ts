import type { EngineEvent, OperationResult, ResourceOp } from "../../../../sandbox/engine";

const NOTHING = { create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0, same: 0, discard: 0 };
export const WELL: OperationResult = { ok: true, isSaved: true, changes: NOTHING, outputs: {}, diagnostics: [] };

export function urnOf(name: string): string {
  return `urn:pulumi:dev::shop::pulumi-nodejs:dynamic/live:StreamMonitor::${name}`;
}

export function step(op: ResourceOp, phase: "begin" | "end" | "failed", name = "wall"): EngineEvent {
  return { type: "resource", urn: urnOf(name), op, phase };
}

/** A line on a resource's row that the next one takes the place of. */
export function progress(message: string, name?: string): EngineEvent {
  const urn = name === undefined ? "" : urnOf(name);
  return { type: "diagnostic", severity: "info", message, urn, ephemeral: true };
}

export function said(message: string, name?: string, severity: "info" | "warning" | "error" = "info"): EngineEvent {
  return { type: "diagnostic", severity, message, urn: name === undefined ? "" : urnOf(name), ephemeral: false };
}
