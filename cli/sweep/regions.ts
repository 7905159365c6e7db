import { environmentRegion } from "../../provider/account/config";
import type { ListedSession } from "../../provider/lifecycle/list";
import type { MonitorLifecycle } from "../../provider/lifecycle/monitor";

/** The regions that the API's documents name for stream monitors. */
export const DOCUMENTED_REGIONS = ["cn-shanghai", "cn-beijing", "ap-southeast-1"] as const;

export interface Found {
  accountId: string | undefined;
  sessions: ListedSession[];
  /** Why regions could not be read. */
  failures: { region: string; message: string }[];
  /** Items of the lists that cannot be read as sessions. */
  unreadable: number;
}

/** The regions to read: those asked for, else the documented ones, that of the environment, and those of the states. */
export function regionsFor(
  asked: readonly string[] | undefined,
  ofStates: Iterable<string>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const own = environmentRegion({ config: () => undefined, env });
  return [...new Set(asked ?? [...DOCUMENTED_REGIONS, ...(own === undefined ? [] : [own]), ...ofStates])];
}

/** Reads the regions. No document says whether a list is that of its region alone, so each session counts once. */
export async function findSessions(
  lifecycle: MonitorLifecycle,
  regions: readonly string[],
  isRestricted = false,
): Promise<Found> {
  const found: Found = { accountId: undefined, sessions: [], failures: [], unreadable: 0 };
  const byId = new Map<string, ListedSession>();
  const lists = await Promise.allSettled(regions.map((region) => lifecycle.list(region)));
  lists.forEach((list, i) => {
    if (list.status === "rejected") {
      found.failures.push({ region: regions[i] as string, message: (list.reason as Error).message });
      return;
    }
    found.accountId ??= list.value.accountId;
    found.unreadable += list.value.unreadable;
    for (const session of list.value.sessions.filter(({ region }) => isAsked(region, regions, isRestricted))) {
      const isBetter = session.region === session.record.region;
      if (!byId.has(session.monitorId) || isBetter) {
        byId.set(session.monitorId, session);
      }
    }
  });
  if (regions.length > 0 && found.failures.length === regions.length) {
    throw new Error(found.failures[0]?.message);
  }
  found.sessions = [...byId.values()];
  return found;
}

/** A list may show sessions of other regions, too; where the user names regions, those do not count. */
function isAsked(region: string, regions: readonly string[], isRestricted: boolean): boolean {
  return !isRestricted || region === "" || regions.includes(region);
}
