import { DELETE_TIMEOUT_VARIABLE, ON_DELETE_VARIABLE, type Sources } from "../account/config";
import { parseDuration } from "../base/duration";
import { Failure } from "../base/errors";
import { redact } from "../base/redact";
import { ON_DELETE, type OnDelete } from "../model/fields";
import type { MonitorState } from "../model/state";
import type { OperationName } from "./operation";

const MINUTE = 60_000;
/** Defaults for `timeouts` and `customTimeouts`. */
const TIMEOUTS_MS = {
  create: 5 * MINUTE,
  update: 5 * MINUTE,
  delete: 10 * MINUTE,
  /** With `onDelete: "wait"` the session may run until the end of a broadcast. */
  deleteByWaiting: 60 * MINUTE,
  read: 5 * MINUTE,
} as const;

/** How to delete: by the environment, else by the state, else `stop`. */
export function onDeletePolicy(state: Partial<MonitorState>, env: Sources["env"]): OnDelete {
  const override = env[ON_DELETE_VARIABLE]?.trim();
  const asked = override || state.onDelete || "stop";
  const policy = ON_DELETE.find((each) => each === asked);
  if (policy === undefined) {
    throw new Failure(
      `${override ? ON_DELETE_VARIABLE : "`onDelete` in the state"} must be one of ${ON_DELETE.map((each) => `"${each}"`).join(", ")}, not "${redact(asked).slice(0, 40)}". Nothing was sent; the session stays in the state. ${override ? "Correct the variable, or unset it," : `Set ${ON_DELETE_VARIABLE} to one of them`} and run the command again.`,
      "settings",
    );
  }
  return policy;
}

/** How long an operation may take, in milliseconds: by the environment, `customTimeouts`, `timeouts`, or the default. */
export function timeoutFor(
  name: OperationName,
  state: Partial<MonitorState>,
  env: Sources["env"],
  limitMs?: number,
): number {
  if (name === "read") {
    return TIMEOUTS_MS.read;
  }
  const override = name === "delete" ? env[DELETE_TIMEOUT_VARIABLE]?.trim() : undefined;
  if (override) {
    const ms = parseDuration(override);
    if (ms === undefined) {
      throw new Failure(
        `${DELETE_TIMEOUT_VARIABLE} must be a duration such as "90s", "10m" or "1h30m", at most a week, not "${redact(override).slice(0, 40)}". Nothing was sent; the session stays in the state. Correct the variable, or unset it, and run the command again.`,
        "settings",
      );
    }
    return ms;
  }
  if (limitMs !== undefined) {
    return limitMs;
  }
  const declared = state.timeouts?.[name];
  const fallback =
    name === "delete" && onDeletePolicy(state, env) === "wait" ? TIMEOUTS_MS.deleteByWaiting : TIMEOUTS_MS[name];
  return (declared ? parseDuration(declared) : undefined) ?? fallback;
}
