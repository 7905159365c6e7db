import type { Session } from "./session";

/** A start or stop under way. */
interface Transition {
  at: number;
  status: 0 | 1;
}

/** What a session was before a moment; `undefined`: it was not there. */
interface Past {
  until: number;
  session: Session | undefined;
}

/**
 * Sessions through time: as they are, as they will be once starts and stops are done, and as they were, for lists that lag
 * behind. Nothing here waits: what is due by the clock is done before anything is looked at.
 */
export class Timeline {
  private readonly sessions = new Map<string, Session>();
  private readonly transitions = new Map<string, Transition>();
  private readonly past = new Map<string, Past[]>();
  /** Nothing is due before. */
  private nextDue = Number.POSITIVE_INFINITY;

  /** @param horizonMs how far back anybody will ask */
  constructor(
    private readonly clock: () => number,
    private readonly horizonMs: () => number,
  ) {}

  add(session: Session): void {
    this.remember(session.MonitorId);
    this.sessions.set(session.MonitorId, session);
  }

  change(id: string, values: Partial<Session>): void {
    const session = this.get(id);
    if (session !== undefined) {
      this.remember(id);
      Object.assign(session, values);
    }
  }

  remove(id: string): void {
    this.remember(id);
    this.sessions.delete(id);
    this.transitions.delete(id);
  }

  /** The status shows after the delay; a transition that was under way is given up for it. */
  plan(id: string, status: 0 | 1, delayMs: number): void {
    const at = this.clock() + delayMs;
    this.transitions.set(id, { at, status });
    this.nextDue = Math.min(this.nextDue, at);
    this.advance();
  }

  /** The status that a start or stop under way leads to. */
  target(id: string): 0 | 1 | undefined {
    this.advance();
    return this.transitions.get(id)?.status;
  }

  /** The session itself, not a copy: a test may change it behind everybody's back. */
  get(id: string): Session | undefined {
    this.advance();
    return this.sessions.get(id);
  }

  all(): Session[] {
    this.advance();
    return [...this.sessions.values()];
  }

  /** All sessions as they were then. */
  asOf(time: number): Session[] {
    this.advance();
    const ids = new Set([...this.sessions.keys(), ...this.past.keys()]);
    return [...ids].flatMap((id) => {
      const past = this.past.get(id)?.find((each) => each.until > time);
      const session = past === undefined ? this.sessions.get(id) : past.session;
      return session === undefined ? [] : [session];
    });
  }

  clear(): void {
    this.sessions.clear();
    this.transitions.clear();
    this.past.clear();
  }

  /** Lets what is due happen, in its order, at its own time. */
  private advance(): void {
    const now = this.clock();
    if (now < this.nextDue) {
      return;
    }
    const due = [...this.transitions].filter(([, each]) => each.at <= now).sort(([, a], [, b]) => a.at - b.at);
    for (const [id, { at, status }] of due) {
      this.transitions.delete(id);
      const session = this.sessions.get(id);
      if (session !== undefined) {
        this.remember(id, at);
        const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
        Object.assign(session, { Status: status }, status === 1 ? { StartTime: time } : { StopTime: time });
      }
    }
    this.nextDue = Math.min(...[...this.transitions.values()].map(({ at }) => at));
  }

  private remember(id: string, until = this.clock()): void {
    const since = this.clock() - this.horizonMs();
    for (const [other, pasts] of this.past) {
      const recent = pasts.filter((each) => each.until > since);
      if (recent.length === 0) {
        this.past.delete(other);
      } else {
        this.past.set(other, recent);
      }
    }
    if (this.horizonMs() > 0) {
      const pasts = this.past.get(id) ?? [];
      this.past.set(id, [...pasts, { until, session: structuredClone(this.sessions.get(id)) }]);
    }
  }
}
