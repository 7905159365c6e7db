import type { Clock } from "../clock";
import { Failure } from "../failure";
import type { CallContext, LiveClient } from "./client";
import { refusesPaging } from "./errors";
import type { LiveStreamMonitor, MonitorList } from "./types";

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
/** The sizes that a cloud may allow for a page, instead of what is asked for, are multiples of this. */
const ROUND = 5;

/** Reads the account's list from its first page to its last, whatever the cloud makes of sizes, totals and what lies behind. */
export class Scanner {
  private pageSize = 0;
  /** What `Total` counts: no document says. As long as a page is all there is, it does not show. */
  private totalCounts: "all" | "page" | undefined;

  constructor(
    private readonly client: Pick<LiveClient, "list">,
    private readonly clock: Clock,
  ) {}

  /** Reads page after page. Throws when there is no end. */
  async scan(context: CallContext): Promise<Scan> {
    const begunAt = this.clock.now();
    const monitors = new Map<string, LiveStreamMonitor>();
    let read = 0;
    let page = 1;
    for (let seen = 0; ; page += 1) {
      const answer = await this.page(page, context);
      if (answer === undefined) {
        break;
      }
      const { LiveStreamMonitorList: list, Total: total, bytes } = answer;
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
      // A page that brings nothing new ends the list, whatever `Total` says.
      if (monitors.size === before || (await this.isLast(list.length, seen, total, context))) {
        break;
      }
    }
    return { begunAt, pages: page, monitors };
  }

  /** Whether `Total` says that there is no further page; where it counts the page alone, it says nothing. */
  private async isLast(length: number, seen: number, total: number | undefined, context: CallContext) {
    if (total === undefined) {
      return false;
    }
    if (total > length) {
      this.totalCounts = "all";
    } else if (this.totalCounts === undefined && length % ROUND === 0) {
      // It may be a full page, of whatever size the cloud allows, so it is time to know.
      this.totalCounts = await this.askWhatTotalCounts(context);
    }
    return this.totalCounts !== "page" && seen >= total;
  }

  /** Of several sessions, a page of one shows it. A cloud that has no such page only costs further calls. */
  private async askWhatTotalCounts(context: CallContext): Promise<"all" | "page"> {
    try {
      const { LiveStreamMonitorList: list, Total: total = 0 } = await this.client.list({ page: 1, size: 1 }, context);
      return total > list.length ? "all" : "page";
    } catch (error) {
      if (!refusesPaging(error)) {
        throw error;
      }
      return "page";
    }
  }

  /** A page of the list; `undefined` when the cloud refuses it because it lies behind the last. */
  private async page(page: number, context: CallContext): Promise<MonitorList | undefined> {
    for (;;) {
      try {
        return await this.client.list({ page, size: PAGE_SIZES[this.pageSize] as number }, context);
      } catch (error) {
        if (
          !refusesPaging(error) ||
          (page > 1 ? this.totalCounts === "all" : this.pageSize === PAGE_SIZES.length - 1)
        ) {
          throw error;
        }
        if (page > 1) {
          return undefined;
        }
        this.pageSize += 1;
      }
    }
  }
}
