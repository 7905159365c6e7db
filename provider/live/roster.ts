import { type Clock, untilAborted } from "../clock";
import { Failure } from "../failure";
import { onlyIn } from "./answers";
import type { CallContext, LiveClient } from "./client";
import { knowsNoSuchSession, refusesPageSize } from "./errors";
import type { LiveStreamMonitor } from "./types";

/** A whole list of the account's sessions, as far as paging shows it. What it shows exists; what it lacks may exist. */
export interface Scan {
  begunAt: number;
  pages: number;
  monitors: ReadonlyMap<string, LiveStreamMonitor>;
}

/** The largest page that is asked for; the documents state no maximum, so a refusal makes it smaller. */
const PAGE_SIZES = [100, 50, 20, 10] as const;
/** More pages than any account needs, and few enough to be held in memory. */
const MOST_PAGES = 500;
/** The same for what stands on them. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Questions that come together are answered together. */
const GATHER_MS = 5;
/** How far scans lie apart, the further the more sessions are waited for: each scan then answers more of them. */
const APART_MS = { base: 100, perWaiter: 10, most: 1_000 };

interface Question {
  /** The id asked for, where one session is all the asker wants to see. */
  monitorId: string | undefined;
  /** The earliest time at which a scan may have begun that answers it. */
  since: number;
  context: CallContext;
  answer(scan: Scan): void;
  fail(error: unknown): void;
}

/**
 * The shared status list of one account and region. While anybody waits, one paged list per turn answers everyone it
 * shows; a session that it does not show is asked for by its id.
 */
export class Roster {
  private questions: Question[] = [];
  private latest: Scan | undefined;
  /** The shortest time, in ms, that a start or a stop has taken to show so far: looking earlier would be in vain. */
  readonly usual: { running?: number; stopped?: number } = {};
  /** How many sessions are waited for. */
  private waiters = 0;
  private turning = false;
  private latestAt = Number.NEGATIVE_INFINITY;
  private pageSize = 0;

  constructor(
    private readonly client: Pick<LiveClient, "list">,
    private readonly clock: Clock,
  ) {}

  /**
   * One session, as the cloud shows it now; `undefined` when neither a list nor the question by id shows it, which proves
   * nothing. A look that began up to `maxAgeMs` before the question will do; by default only one that begins after it.
   */
  async look(monitorId: string, context: CallContext, maxAgeMs = 0): Promise<LiveStreamMonitor | undefined> {
    const scan = await this.ask(context, maxAgeMs, monitorId);
    return scan.monitors.get(monitorId) ?? (scan.pages === 0 ? undefined : await this.lookById(monitorId, context));
  }

  /** One session by its id, in a call of its own: never older than the question. */
  async lookById(monitorId: string, context: CallContext): Promise<LiveStreamMonitor | undefined> {
    try {
      return onlyIn(await this.client.list({ monitorId }, context), monitorId);
    } catch (error) {
      // No document says how an unknown id is answered: with an empty list, or with the code that the writes use.
      if (knowsNoSuchSession(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** For the time of a wait that will look again and again: the more of them, the further the looks lie apart. */
  async during<T>(wait: () => Promise<T>): Promise<T> {
    this.waiters += 1;
    try {
      return await wait();
    } finally {
      this.waiters -= 1;
    }
  }

  /** All sessions that the lists show. */
  all(context: CallContext, maxAgeMs = 0): Promise<Scan> {
    return this.ask(context, maxAgeMs, undefined);
  }

  private ask(context: CallContext, maxAgeMs: number, monitorId: string | undefined): Promise<Scan> {
    // Without an age it must begin later, not in the same millisecond.
    const since = this.clock.now() - (maxAgeMs > 0 ? maxAgeMs : -1);
    if (maxAgeMs > 0 && this.latest !== undefined && this.latest.begunAt >= since) {
      return Promise.resolve(this.latest);
    }
    const question = new Promise<Scan>((answer, fail) => {
      this.questions.push({ monitorId: maxAgeMs > 0 ? undefined : monitorId, since, context, answer, fail });
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
      const asked = waiting.filter((question) => !this.answerFromLatest(question));
      if (asked.length > 0) {
        this.latestAt = this.clock.now();
        await this.answer(asked);
      }
    }
    this.turning = false;
  }

  /** A scan that ended while the question waited may be young enough for it. */
  private answerFromLatest({ since, answer }: Question): boolean {
    const isYoung = this.latest !== undefined && this.latest.begunAt >= since;
    if (isYoung) {
      answer(this.latest as Scan);
    }
    return isYoung;
  }

  private async answer(asked: Question[]): Promise<void> {
    const shared = sharedContext(asked.map((question) => question.context));
    try {
      // For fewer sessions than the list has pages it is cheaper, and surer, to ask for each by its id.
      if (asked.length <= (this.latest?.pages ?? 1) && asked.every(({ monitorId }) => monitorId !== undefined)) {
        await Promise.all(asked.map((question) => this.answerById(question)));
        return;
      }
      const scan = await this.scan(shared.context);
      for (const question of asked) {
        question.answer(scan);
      }
    } catch (error) {
      for (const question of asked) {
        question.fail(error);
      }
    } finally {
      shared.release();
    }
  }

  private async answerById({ monitorId, context, answer, fail }: Question): Promise<void> {
    try {
      const begunAt = this.clock.now();
      const found = await this.lookById(monitorId as string, context);
      answer({ begunAt, pages: 0, monitors: new Map(found === undefined ? [] : [[found.MonitorId, found]]) });
    } catch (error) {
      fail(error);
    }
  }

  private async scan(context: CallContext): Promise<Scan> {
    const begunAt = this.clock.now();
    const monitors = new Map<string, LiveStreamMonitor>();
    let page = 1;
    let read = 0;
    for (let seen = 0; ; page += 1) {
      const { LiveStreamMonitorList: list, Total: total, bytes } = await this.page(page, context);
      const before = monitors.size;
      for (const monitor of list) {
        monitors.set(monitor.MonitorId, monitor);
      }
      seen += list.length;
      read += bytes;
      if (page >= MOST_PAGES || read > MOST_BYTES) {
        throw new Failure(
          `The list of sessions does not end: ${monitors.size} were shown on ${page} pages, where an account has 20 by default. Nothing was changed on this behalf. Check that \`alicloud:endpoints\` and ALIBABA_CLOUD_ENDPOINT_LIVE name the right cloud, then run the command again.`,
        );
      }
      // `Total` is loosely documented: a page that brings nothing new ends the list whatever it says.
      if (monitors.size === before || (total !== undefined && seen >= total)) {
        break;
      }
    }
    this.latest = { begunAt, pages: page, monitors };
    return this.latest;
  }

  private async page(page: number, context: CallContext) {
    for (;;) {
      try {
        return await this.client.list({ page, size: PAGE_SIZES[this.pageSize] as number }, context);
      } catch (error) {
        if (!refusesPageSize(error) || page > 1 || this.pageSize === PAGE_SIZES.length - 1) {
          throw error;
        }
        this.pageSize += 1;
      }
    }
  }
}

/** One call on behalf of many: it lasts while anybody still waits for it, and all of them see it on their trail. */
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
    context: {
      signal: controller.signal,
      beforeWrite: async () => {},
      observe: (event) => {
        for (const context of contexts) {
          context.observe(event);
        }
      },
    },
    release: () => {
      for (const { signal } of contexts) {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
