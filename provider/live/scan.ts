import type { Clock } from "../base/clock";
import { Failure } from "../base/errors";
import type { CallContext, LiveClient } from "./client";
import { LiveError, refusesPaging } from "./errors";
import type { LiveStreamMonitor, MonitorList } from "./types";

/** The account's sessions, as far as paging shows them. A session that it shows exists; one that it lacks may exist. */
export interface Scan {
  begunAt: number;
  pages: number;
  monitors: ReadonlyMap<string, LiveStreamMonitor>;
  /** Items that cannot be read as sessions; each may be one. */
  unreadable: readonly unknown[];
  /** Whether it was read to its end. */
  isWhole: boolean;
}

/** Whether the pages so far, and the last `Total`, are enough. */
export type IsEnough = (monitors: ReadonlyMap<string, LiveStreamMonitor>, total: number | undefined) => boolean;

/** The largest page that is asked for; the documents state no maximum, so a refusal makes it smaller. */
const PAGE_SIZES = [100, 50, 20, 10, 5, 2, 1] as const;
/** More pages than any account needs, and few enough for the memory. */
const MOST_PAGES = 500;
/** The same for their bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the account's list from its first page to its last; no document defines sizes, totals and page numbers. A list ends with
 * an empty page, with a page that shows nothing new, or when a `Total` larger than its page is reached exactly. A short page is no
 * end (the cloud may allow fewer items), and a `Total` equal to its page is no proof (it may count that page alone).
 */
export class Scanner {
  private pageSize = 0;
  /** Whether page 1 is known to be the first: no document says whether pages count from 0 or 1. */
  private beginsAtOne = false;

  constructor(
    private readonly client: Pick<LiveClient, "list">,
    private readonly clock: Clock,
  ) {}

  /** Reads page after page, to the end or until it is enough. Throws for an endless list. */
  async scan(context: CallContext, isEnough?: IsEnough): Promise<Scan> {
    const begunAt = this.clock.now();
    const shown = new Shown();
    for (let page = 1; ; page += 1) {
      const answer = await this.page(page, shown, context);
      if (answer === undefined || !shown.add(answer)) {
        break;
      }
      expectEnd(shown);
      const isWhole = shown.isComplete;
      this.beginsAtOne ||= isWhole;
      if (isWhole || isEnough?.(shown.monitors, answer.Total)) {
        return shown.asScan(begunAt, isWhole);
      }
    }
    // A search for single sessions asks for missing ones by their ids.
    if (isEnough === undefined && !this.beginsAtOne) {
      await this.lookBeforePageOne(shown, context);
    }
    return shown.asScan(begunAt, isEnough === undefined || this.beginsAtOne);
  }

  /** A page of the list; `undefined` when the cloud refuses it because it lies behind the last. */
  private async page(page: number, shown: Shown, context: CallContext): Promise<MonitorList | undefined> {
    for (;;) {
      try {
        return await this.client.list({ page, size: PAGE_SIZES[this.pageSize] as number }, context);
      } catch (error) {
        if (!refusesPaging(error) || (page > 1 ? shown.lacksSome : this.pageSize === PAGE_SIZES.length - 1)) {
          throw error;
        }
        if (page > 1) {
          return undefined;
        }
        this.pageSize += 1;
      }
    }
  }

  /** If pages count from 0, page 1 is the second. Asked once, in a single attempt. */
  private async lookBeforePageOne(shown: Shown, context: CallContext): Promise<void> {
    const once = singleAttempt(context);
    try {
      const answer = await this.client.list({ page: 0, size: PAGE_SIZES[this.pageSize] as number }, once);
      this.beginsAtOne = !shown.add(answer);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof LiveError)) {
        throw error;
      }
      this.beginsAtOne = true;
    }
  }
}

/** The sessions of the pages so far. */
class Shown {
  readonly monitors = new Map<string, LiveStreamMonitor>();
  /** By their text: the same odd item again is nothing new. */
  private readonly unreadable = new Map<string, unknown>();
  /** The last `Total` that was larger than its page, so that it counts all pages. */
  private total = 0;
  pages = 0;
  bytes = 0;

  /** Adds a page. Returns whether it shows anything new. */
  add({ LiveStreamMonitorList: list, unreadable = [], Total, bytes }: MonitorList): boolean {
    const before = this.count;
    for (const monitor of list) {
      this.monitors.set(monitor.MonitorId, monitor);
    }
    for (const item of unreadable) {
      this.unreadable.set(JSON.stringify(item), item);
    }
    this.bytes += bytes;
    this.total = Total !== undefined && Total > list.length + unreadable.length ? Total : 0;
    const isNews = this.count > before;
    this.pages += isNews ? 1 : 0;
    return isNews;
  }

  get count(): number {
    return this.monitors.size + this.unreadable.size;
  }

  /** Exactly: a `Total` that is too small is wrong. */
  get isComplete(): boolean {
    return this.total > 0 && this.total === this.count;
  }

  get lacksSome(): boolean {
    return this.total > this.count;
  }

  asScan(begunAt: number, isWhole: boolean): Scan {
    const { pages, monitors } = this;
    return { begunAt, pages: Math.max(1, pages), monitors, unreadable: [...this.unreadable.values()], isWhole };
  }
}

function expectEnd({ pages, bytes, count }: Shown): void {
  if (pages >= MOST_PAGES || bytes > MOST_BYTES) {
    throw new Failure(
      `The list of sessions does not end: ${count} were shown on ${pages} pages, but an account has 20 by default. No change was based on it. Check that \`alicloud:endpoints\` and ALIBABA_CLOUD_ENDPOINT_LIVE name the right cloud, then run the command again.`,
      "list-fails",
    );
  }
}

/** The same call, repeated only when it was throttled. */
function singleAttempt(context: CallContext): CallContext {
  const failed = new AbortController();
  return {
    ...context,
    signal: AbortSignal.any([context.signal, failed.signal]),
    observe: (event) => {
      context.observe(event);
      if (event.error !== undefined && event.error.verdict !== "throttled") {
        failed.abort(event.error);
      }
    },
  };
}
