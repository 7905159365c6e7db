import { TOPICS } from "../../../provider/base/errors";
import { classify } from "../../../provider/live/errors";
import { type Action, isWrite } from "../../../provider/live/types";
import { isAutomaticName } from "../../../provider/model/names";
import type { Session } from "../../../sandbox/cloud";
import type { SimulatedStack } from "./stack";
import { KEY, OTHER_KEY, type PluginProcess, type SentCall, type World } from "./world";

export const HUSH = "hush-hush";

/** What a script knows beside the world: whose sessions are whose, and what was said. */
export interface Account {
  world: World;
  stacks: SimulatedStack[];
  processes: PluginProcess[];
  /** Sessions that somebody else made, as they are to be. */
  foreign: ReadonlyMap<string, Session>;
  /** Everything that failed operations said. */
  errors: string[];
}

/** Every session of ours is in the state of a stack, or the exact name of it is known; what is not ours is untouched. */
export function brokenInvariants(account: Account): string[] {
  return [
    ...unknownSessions(account),
    ...twins(account),
    ...touchedForeign(account),
    ...misbehaved(account),
    ...shownSecrets(account),
    ...withoutRunbook(account),
  ];
}

/** When every stack has been destroyed, nothing of ours is left. */
export function brokenAfterDestroy(account: Account): string[] {
  const left = ours(account).filter((each) => !isNamed(account, each));
  return left.map((each) => `after a successful destroy, ${each.MonitorName} (${each.MonitorId}) is left`);
}

/** When both stacks have been swept too, nothing of a generated name is left, and what is not ours is untouched. */
export function brokenAfterSweep(account: Account): string[] {
  const left = ours(account)
    .filter(({ MonitorName }) => isAutomaticName(MonitorName))
    .map((each) => `after a sweep, ${each.MonitorName} (${each.MonitorId}) is left`);
  return [...left, ...touchedForeign(account)];
}

function ours({ world, foreign }: Account): Session[] {
  return world.cloud.sessions.all().filter((each) => !foreign.has(each.MonitorId));
}

function unknownSessions(account: Account): string[] {
  const { stacks } = account;
  const known = stacks.flatMap((stack) => stack.entries.map((entry) => entry.id));
  const broken = ours(account)
    .filter((each) => !known.includes(each.MonitorId) && !isNamed(account, each))
    .map((each) => `${each.MonitorName} (${each.MonitorId}) exists, but no state knows it`);
  const twice = known.filter((id, i) => known.indexOf(id) !== i);
  return [...broken, ...twice.map((id) => `two resources have the session ${id}`)];
}

/**
 * A create that was cut off is known by its exact name: from the pending operation when engine and plugin died, from its last line
 * when only its plugin died, from its error when no look could settle it. A plugin that outlives its engine undoes its creates. Once a session of that made-up name is in a state,
 * none other of it may exist.
 */
function isNamed({ stacks, processes }: Account, session: Session): boolean {
  const { MonitorName } = session;
  if (stacks.some((stack) => stack.saved.has(MonitorName))) {
    return false;
  }
  const orphaned = stacks.flatMap((stack) => stack.pending.filter(({ process }) => !process.pluginAlive));
  const pending = orphaned.map(({ inputs }) => inputs.monitorName);
  const cutOff = processes.filter((each) => !each.pluginAlive && each.engineAlive).flatMap((each) => each.lines);
  const unsaved = stacks.flatMap((stack) => stack.unsaved);
  const notUndone = processes.flatMap((each) =>
    each.lastWords.filter((text) => text.includes("could not be deleted again")),
  );
  return (
    pending.includes(MonitorName) || [...unsaved, ...cutOff, ...notUndone].some((text) => text.includes(MonitorName))
  );
}

/** A name that was made up is one session's. */
function twins(account: Account): string[] {
  const names = ours(account)
    .map((each) => each.MonitorName)
    .filter((name) => name.includes("--"));
  return names
    .filter((name, i) => names.indexOf(name) !== i)
    .map((name) => `two sessions were made for one resource: ${name}`);
}

function touchedForeign({ world, foreign }: Account): string[] {
  return [...foreign.values()].flatMap((expected) => {
    const now = world.cloud.sessions.get(expected.MonitorId);
    const same = now !== undefined && JSON.stringify(now) === JSON.stringify(expected);
    return same ? [] : [`${expected.MonitorName} is somebody else's, and was touched`];
  });
}

const RATES: Readonly<Record<string, number>> = { DescribeLiveStreamMonitorList: 15 };
/** Answers to a write that are final by the documents, whatever the provider's table says of them. */
const FINAL = [
  "StreamMonitorNotExist",
  "InvalidAccessKeyId.NotFound",
  "SignatureDoesNotMatch",
  "InvalidSecurityToken.Expired",
  "Forbidden.RAM",
  "NoPermission",
  "UserQuotaExceed",
  "InvalidMonitorId.Malformed",
  "MissingMonitorId",
];

/** Whether a hook sends nothing more that changes anything after this answer. Lists are asked for on behalf of many hooks. */
function isFinal({ action, code, httpStatus }: SentCall): boolean {
  const verdict = () => classify(action as Action, code, httpStatus).verdict;
  return isWrite(action as Action) && code !== "" && (FINAL.includes(code) || ["fatal", "gone"].includes(verdict()));
}

/** Each process keeps the limits, and stops when it is told so for good. */
function misbehaved({ processes }: Account): string[] {
  return processes.flatMap(({ sent, engineAlive }) => {
    // After the end of the engine, a create that failed deletes again what it made.
    const mayUndo = (action: string) => !engineAlive && /^(Stop|Delete)/.test(action);
    const broken: string[] = [];
    const actions = new Map<string, number[]>();
    const ended = new Map<number, string>();
    for (const call of sent) {
      const { action, time, hook, code } = call;
      const times = (actions.get(action) ?? []).filter((each) => each > time - 1000);
      times.push(time);
      actions.set(action, times);
      if (times.length > (RATES[action] ?? 10)) {
        broken.push(`${times.length} × ${action} within a second`);
      }
      if (isWrite(action as Action) && ended.has(hook) && !mayUndo(action)) {
        broken.push(`${action} was sent after ${ended.get(hook)}`);
      }
      if (isFinal(call)) {
        ended.set(hook, `${action} ${code}`);
      }
    }
    return broken;
  });
}

/** Errors of this simulation itself, and the failures of a check, which stand under their arguments. */
const NOT_OURS = /^(the plugin is gone|check: |.* is left: )/;
const POINTER = new RegExp(`Runbook: pulumi-alicloud-live/docs/runbook\\.md#(${TOPICS.join("|")})$`);

function withoutRunbook({ errors }: Account): string[] {
  return errors
    .filter((text) => !NOT_OURS.test(text) && !POINTER.test(text))
    .map((text) => `an error does not end with its section of the runbook: ${text}`);
}

function shownSecrets({ errors, processes }: Account): string[] {
  const lines = processes.flatMap((each) => each.lines);
  const secrets = [HUSH, KEY.accessKeySecret, OTHER_KEY.accessKeySecret];
  return [...errors, ...lines]
    .filter((text) => secrets.some((each) => text.includes(each)))
    .map((text) => `a secret was shown: ${text}`);
}
