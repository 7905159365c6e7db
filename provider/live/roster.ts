import { type Clock, untilAborted } from "../base/clock";
import { withoutUndefined } from "../base/objects";
import type { CallContext, CallEvent, LiveClient } from "./client";
import { knowsNoSuchSession, refusesPaging } from "./errors";
import { onlyIn } from "./responses";
import { type IsEnough, type Scan, Scanner } from "./scan";
import type { LiveStreamMonitor, MonitorList } from "./types";

/** Questions within this time share one list. */
const GATHER_MS = 5;
/** The time between scans grows with the number of sessions that are waited for: each scan then answers more of them. */
const APART_MS = { base: 100, perWaiter: 11, most: 1_000 };
/** Page sizes for a list of one session; the next is for a cloud that refuses the one before. */
const SIZES_FOR_ONE = [10, 5, 2, 1] as const;

interface Question {
  /** The session to see; all when absent. */
  monitorId: string | undefined;
  /** Whether later questions may use the same list, so that it is worth reading to its end. */
  isForOthers: boolean;
  /** A scan that began before this time is too old. */
  since: number;
  context: CallContext;
  answer(scan: Scan | Promise<Scan>): void;
}

/**
 * The shared status list of one account and region. One paged list per turn answers all waiting questions; a session that it
 * does not show is asked for by its id.
 */
export class Roster {
  private questions: Question[] = [];
  private latest: Scan | undefined;
  /** The shortest time, in ms, until a start or a stop showed so far: an earlier look is pointless. */
  readonly usual: { running?: number; stopped?: number } = {};
  /** How many sessions are waited for. */
  private waiters = 0;
  private turning = false;
  private sizeForOne = 0;
  private latestAt = Number.NEGATIVE_INFINITY;
  /** When this process last changed a session: an older list is outdated for it. */
  private readonly changes = new Map<string, number>();

  private readonly scanner: Scanner;

  constructor(
    private readonly client: Pick<LiveClient, "list">,
    private readonly clock: Clock,
  ) {
    this.scanner = new Scanner(client, clock);
  }

  /**
   * One session as the cloud shows it, from a scan that began at most `maxAgeMs` ago (by default: after this call), else by its
   * id. `undefined` proves nothing.
   */
  async get(monitorId: string, context: CallContext, maxAgeMs = 0): Promise<LiveStreamMonitor | undefined> {
    const sinceChange = this.clock.now() - (this.changes.get(monitorId) ?? Number.NEGATIVE_INFINITY) - 1;
    const scan = await this.ask(context, Math.max(0, Math.min(maxAgeMs, sinceChange)), monitorId);
    return scan.monitors.get(monitorId) ?? (scan.pages === 0 ? undefined : await this.fetch(monitorId, context));
  }

  /** One session by its id, in a separate call that begins now. */
  async fetch(monitorId: string, context: CallContext): Promise<LiveStreamMonitor | undefined> {
    try {
      return onlyIn(await this.listOf(monitorId, context), monitorId);
    } catch (error) {
      // No document says whether an unknown id gets an empty list, or the code of the writes.
      if (knowsNoSuchSession(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** The list filtered by an id. No document states the largest page; it may be smaller than this one. */
  private async listOf(monitorId: string, context: CallContext): Promise<MonitorList> {
    for (let i = this.sizeForOne; ; i += 1) {
      try {
        const list = await this.client.list({ monitorId, size: SIZES_FOR_ONE[i] as number }, context);
        this.sizeForOne = i;
        return list;
      } catch (error) {
        if (!refusesPaging(error) || i === SIZES_FOR_ONE.length - 1) {
          throw error;
        }
      }
    }
  }

  /** This process has changed a session, or may have. */
  changed(monitorId: string): void {
    this.changes.set(monitorId, this.clock.now());
  }

  /** Counts a wait that looks repeatedly: with more of them, scans are further apart. */
  async during<T>(wait: () => Promise<T>): Promise<T> {
    this.waiters += 1;
    try {
      return await wait();
    } finally {
      this.waiters -= 1;
    }
  }

  /** All sessions, from a list that is read to its end. */
  list(context: CallContext, maxAgeMs = 0): Promise<Scan> {
    return this.ask(context, maxAgeMs, undefined);
  }

  private ask(context: CallContext, maxAgeMs: number, monitorId: string | undefined): Promise<Scan> {
    // Without an age, a scan of the same millisecond is too old.
    const since = this.clock.now() - (maxAgeMs > 0 ? maxAgeMs : -1);
    if (maxAgeMs > 0 && this.isAnsweredByLatest({ since, monitorId })) {
      return Promise.resolve(this.latest as Scan);
    }
    const question = new Promise<Scan>((answer) => {
      this.questions.push({ monitorId, isForOthers: maxAgeMs > 0, since, context, answer });
    });
    if (!this.turning) {
      this.turning = true;
      void this.turn();
    }
    return untilAborted(question, context.signal);
  }

  private async turn(): Promise<void> {
    while (this.questions.length > 0) {
      const apart = Math.min(APART_MS.most, APART_MS.base + this.waiters * APART_MS.perWaiter);
      await this.clock.sleep(Math.max(GATHER_MS, this.latestAt + apart - this.clock.now()));
      const waiting = this.questions.filter((question) => !question.context.signal.aborted);
      this.questions = [];
      for (const question of waiting.filter((each) => this.isAnsweredByLatest(each))) {
        question.answer(this.latest as Scan);
      }
      const asked = waiting.filter((question) => !this.isAnsweredByLatest(question));
      if (asked.length > 0) {
        this.latestAt = this.clock.now();
        await this.answer(asked);
      }
    }
    this.turning = false;
  }

  /** Whether the latest scan is recent enough, and was read far enough. */
  private isAnsweredByLatest({ since, monitorId }: Pick<Question, "since" | "monitorId">): boolean {
    const { latest } = this;
    const reaches = latest?.isWhole || (monitorId !== undefined && latest?.monitors.has(monitorId));
    return latest !== undefined && latest.begunAt >= since && reaches === true;
  }

  private async answer(asked: Question[]): Promise<void> {
    // Fewer sessions than pages: asking for each by its id takes fewer calls.
    const pages = this.latest?.pages ?? 1;
    const areFew =
      asked.length <= pages && asked.every(({ monitorId, isForOthers }) => monitorId !== undefined && !isForOthers);
    if (areFew) {
      for (const question of asked) {
        // Not awaited: a session without an answer must not delay the others.
        question.answer(this.lookUp(question));
      }
      return;
    }
    const shared = sharedContext(asked.map((question) => question.context));
    try {
      const scan = this.scanner.scan(shared.context, this.enoughFor(asked));
      for (const question of asked) {
        question.answer(scan);
      }
      this.latest = await scan;
    } catch {
      // Those who asked are told.
    } finally {
      shared.release();
    }
  }

  /**
   * A search for ids ends at the page that shows the last of them. If later questions may use the list, it ends at `Total`, which
   * need not be right: missing sessions are asked for by their ids.
   */
  private enoughFor(asked: Question[]): IsEnough | undefined {
    const ids = asked.flatMap(({ monitorId }) => monitorId ?? []);
    if (ids.length < asked.length) {
      return undefined;
    }
    const isForOthers = asked.some((question) => question.isForOthers);
    return (monitors, total) =>
      ids.every((id) => monitors.has(id)) && (!isForOthers || (total !== undefined && monitors.size >= total));
  }

  /** One session by its id, as a scan of no page. */
  private async lookUp({ monitorId, context }: Question): Promise<Scan> {
    const begunAt = this.clock.now();
    const found = await this.fetch(monitorId as string, context);
    const monitors = new Map(found === undefined ? [] : [[found.MonitorId, found]]);
    return { begunAt, pages: 0, monitors, unreadable: [], isWhole: false };
  }
}

/** One call for several operations: it lasts until the last of them ends, and all of them record it. */
function sharedContext(contexts: CallContext[]): { context: CallContext; release(): void } {
  const controller = new AbortController();
  let left = contexts.length;
  const onAbort = () => {
    left -= 1;
    if (left === 0) {
      controller.abort(contexts.at(-1)?.signal.reason);
    }
  };
  for (const { signal } of contexts) {
    signal.addEventListener("abort", onAbort, { once: true });
  }
  return {
    context: withoutUndefined({
      signal: controller.signal,
      beforeWrite: async () => {},
      standInFor: contexts.find((context) => context.standInFor !== undefined)?.standInFor,
      observe: (event: CallEvent) => {
        for (const context of contexts) {
          context.observe(event);
        }
      },
    }),
    release: () => {
      for (const { signal } of contexts) {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
