import type { Session } from "./session";

/** A start or stop that has not finished. */
interface Transition {
  at: number;
  status: 0 | 1;
}

/** A session before a moment; `undefined` if it did not exist. */
interface Past {
  until: number;
  session: Session | undefined;
}

/**
 * Sessions over time: as they are, as they will be after starts and stops, and as they were, for lists that lag behind. There are
 * no timers: every access first applies what is due by the clock.
 */
export class Timeline {
  private readonly sessions = new Map<string, Session>();
  private readonly transitions = new Map<string, Transition>();
  private readonly past = new Map<string, Past[]>();
  /** The earliest time at which a transition is due. */
  private nextDue = Number.POSITIVE_INFINITY;

  /** @param horizonMs how far back {@link asOf} may go */
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

  /** Changes the status after the delay, and cancels an earlier transition that has not finished. */
  plan(id: string, status: 0 | 1, delayMs: number): void {
    const at = this.clock() + delayMs;
    this.transitions.set(id, { at, status });
    this.nextDue = Math.min(this.nextDue, at);
    this.advance();
  }

  /** The target status of a start or stop that has not finished. */
  target(id: string): 0 | 1 | undefined {
    this.advance();
    return this.transitions.get(id)?.status;
  }

  /** Returns the session itself, not a copy, so that a test can change it out of band. */
  get(id: string): Session | undefined {
    this.advance();
    return this.sessions.get(id);
  }

  all(): Session[] {
    this.advance();
    return [...this.sessions.values()];
  }

  /** All sessions as they were at a time. */
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

  /** Applies the transitions that are due, in order, each at its own time. */
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
