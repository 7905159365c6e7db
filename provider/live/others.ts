import type { Scan } from "./scan";

/** Others who work on the account. */
export interface Others {
  /** How many of them: those who changed more than one session. */
  count: number;
  /** How many calls of a kind they make a second: of those that ended sessions and the others, whichever were more. */
  callsPerSecond: number;
}

/** Two lists that lie this far apart, or little further, are compared. Whoever works then changes several sessions in between. */
const APART_MS = 1_000;
/** Fewer changes than this may be a person's, or of a session that ended by itself. */
const FEWEST = 2;

/**
 * Sees who else is at work on the account: sessions that change from one list to the next, although nobody here has touched
 * them. It sees no further than the list does, which shows one region.
 */
export class Watch {
  private scans: Scan[] = [];
  private readonly ours = new Set<string>();

  /** `whose`: what the names of one owner's sessions have in common. */
  constructor(private readonly whose: (monitorName: string) => string) {}

  /** A session that is changed here says nothing of others. */
  changed(monitorId: string): void {
    this.ours.add(monitorId);
  }

  /** What the newest list tells; `undefined` while there are none to compare it with. */
  compare(scan: Scan): Others | undefined {
    const previous = this.scans.at(-1);
    const older = this.scans.slice(0, -1).filter(({ begunAt }) => begunAt <= scan.begunAt - APART_MS);
    const before = older.at(-1);
    this.scans = [...this.scans.slice(Math.max(0, older.length - 1)), scan];
    return before === undefined || previous === undefined ? undefined : this.between(before, previous, scan);
  }

  private between(before: Scan, previous: Scan, newest: Scan): Others {
    const changes = new Map<string, number>();
    let [ended, others] = [0, 0];
    for (const [id, { MonitorName, Status }] of before.monitors) {
      // What one list does not show may have moved to a page that was read already: only two that lack it make it gone.
      const now = newest.monitors.get(id) ?? previous.monitors.get(id);
      if (this.ours.has(id) || now?.Status === Status) {
        continue;
      }
      const whose = this.whose(MonitorName);
      changes.set(whose, (changes.get(whose) ?? 0) + 1);
      if (now === undefined) {
        ended += 1;
      } else {
        others += 1;
      }
    }
    return {
      count: [...changes.values()].filter((each) => each >= FEWEST).length,
      callsPerSecond: (Math.max(ended, others) * 1000) / (newest.begunAt - before.begunAt),
    };
  }
}
