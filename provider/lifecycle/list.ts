import { isCertainly, type LiveStreamMonitor } from "../live/types";
import { expiryOf, type Owner, partsOf } from "../model/names";
import { type MonitorRecord, recordOf } from "../model/record";
import type { Context } from "./operation";
import { regionOf } from "./origin";

/** A session as the account's list shows it: no URL, no address, nothing secret. */
export interface ListedSession {
  monitorId: string;
  name: string;
  region: string;
  status: "running" | "stopped" | "unknown";
  /** When it was last started, UTC; absent if it never was. No document tells when a session was created. */
  startTime?: string;
  stopTime?: string;
  /** When its `ttl` ends, in milliseconds since 1970. */
  expiresAt?: number;
  /** Project, stack and resource as a generated name tells them. Long ones are cut. */
  owner?: Owner;
  /** What a delete needs to know of it. */
  record: MonitorRecord;
}

export interface AccountSessions {
  region: string;
  /** Absent if the account check is switched off. */
  accountId: string | undefined;
  sessions: ListedSession[];
  /** Items of the list that cannot be read as sessions. */
  unreadable: number;
}

/** All sessions of the account in a region. Two lists are read: one alone may skip a session while others stop. */
export async function list(asked: string | undefined, { account, operation }: Context): Promise<AccountSessions> {
  const service = account.in(regionOf(asked, account.sources));
  const { region } = service;
  operation.enter("asking which account this is");
  const accountId = service.skipsAccountCheck ? undefined : await service.whoami(operation);
  operation.enter("reading the list of sessions");
  const first = await service.roster.list(operation);
  const second = await service.roster.list(operation);
  const monitors = new Map([...first.monitors, ...second.monitors]);
  const origin = { region, endpoint: service.endpoint, accountId };
  const sessions = [...monitors.values()].map((live) => listed(live, recordOf(live.MonitorId, origin, live)));
  return { region, accountId, sessions, unreadable: Math.max(first.unreadable.length, second.unreadable.length) };
}

function listed(live: LiveStreamMonitor, record: MonitorRecord): ListedSession {
  const { MonitorId: monitorId, MonitorName: name, Region, StartTime: startTime, StopTime: stopTime } = live;
  const owner = partsOf(name);
  const expiresAt = expiryOf(name);
  return {
    monitorId,
    name,
    region: Region || (record.region ?? ""),
    status: isCertainly("running", live) ? "running" : isCertainly("stopped", live) ? "stopped" : "unknown",
    ...(startTime ? { startTime } : {}),
    ...(stopTime ? { stopTime } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(owner === undefined ? {} : { owner }),
    record,
  };
}
