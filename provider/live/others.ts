import type { Scan } from "./scan";
import { type Action, isRunning, type LiveStreamMonitor } from "./types";

/** Others who do on the account what is done here. */
export interface Others {
  /** How many of them: those who changed more than one session. */
  count: number;
  /** How many calls a second they make together, of the action that they make most. */
  callsPerSecond: number;
}

/** Two lists that lie this far apart, or little further, are compared. Whoever works then changes several sessions in between. */
const APART_MS = 1_000;
/** Fewer changes than this may be a person's, or of a session that ended by itself. */
const FEWEST = 2;

/** Each action has a limit of its own, so that whoever ends sessions is not in the way of those who begin theirs. */
const ENDING: readonly Action[] = ["StopLiveStreamMonitor", "DeleteLiveStreamMonitor"];
const BEGINNING: readonly Action[] = ["CreateLiveStreamMonitor", "StartLiveStreamMonitor"];

/**
 * Sees who else is at work on the account: sessions that change from one list to the next, although nobody here has touched
 * them. It sees no further than the list does, which may show one region alone; and an update does not show in it.
 */
export class Watch {
  private readonly scans = new Map<string, Scan[]>();
  private readonly ours = new Set<string>();
  /** What is done here, and what others may therefore be in the way of. */
  private readonly actions = new Set<Action>();

  /** `whose`: what the names of one owner's sessions have in common. */
  constructor(private readonly whose: (monitorName: string) => string) {}

  /** A session that is changed here says nothing of others. */
  changes(monitorId: string, action: Action): void {
    this.ours.add(monitorId);
    for (const each of [ENDING, BEGINNING].find((actions) => actions.includes(action)) ?? []) {
      this.actions.add(each);
    }
  }

  /** What a region's newest list tells; `undefined` while there are none to compare it with. */
  compare(region: string, scan: Scan): Others | undefined {
    const scans = this.scans.get(region) ?? [];
    const previous = scans.at(-1);
    const older = scans.slice(0, -1).filter(({ begunAt }) => begunAt <= scan.begunAt - APART_MS);
    const before = older.at(-1);
    this.scans.set(region, [...scans.slice(Math.max(0, older.length - 1)), scan]);
    return before === undefined || previous === undefined ? undefined : this.between(before, previous, scan);
  }

  private between(before: Scan, previous: Scan, newest: Scan): Others {
    const byOwner = new Map<string, number>();
    const byAction = new Map<Action, number>();
    for (const [id, { MonitorName }] of new Map([...before.monitors, ...newest.monitors])) {
      if (this.ours.has(id)) {
        continue;
      }
      const action = whatHappened(before.monitors.get(id), previous.monitors.get(id), newest.monitors.get(id));
      if (action !== undefined && this.actions.has(action)) {
        add(byOwner, this.whose(MonitorName));
        add(byAction, action);
      }
    }
    return {
      count: [...byOwner.values()].filter((each) => each >= FEWEST).length,
      callsPerSecond: (Math.max(0, ...byAction.values()) * 1_000) / (newest.begunAt - before.begunAt),
    };
  }
}

/**
 * By which call a session became what it is now. What one list does not show may have moved to a page that was read already, so
 * only two that lack it make it gone; and what one list shows for the first time may be ours, and its create's answer still under way.
 */
function whatHappened(
  before: LiveStreamMonitor | undefined,
  previous: LiveStreamMonitor | undefined,
  newest: LiveStreamMonitor | undefined,
): Action | undefined {
  const now = newest ?? previous;
  if (before === undefined) {
    return previous !== undefined && newest !== undefined ? "CreateLiveStreamMonitor" : undefined;
  }
  if (now === undefined) {
    return "DeleteLiveStreamMonitor";
  }
  if (isRunning(before) === isRunning(now)) {
    return undefined;
  }
  return isRunning(now) ? "StartLiveStreamMonitor" : "StopLiveStreamMonitor";
}

function add<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
