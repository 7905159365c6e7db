import { isDeepStrictEqual } from "node:util";
import { uuid } from "../random";
import type { Switches } from "../switches";
import { type Parameters, readFields, requireParameters, requireWellFormed } from "./parameters";
import { refusals } from "./refusal";
import type { Session, SessionFields } from "./session";
import { Timeline } from "./timeline";

/** The account and the region of a request. */
export interface Asker {
  accountId: string;
  region: string;
}

export const HOME_REGION = "cn-shanghai";
const DEFAULT_APP = "monitor";
const OPTIONAL = { MonitorConfig: "", CallbackUrl: "", DingTalkWebHookUrl: "" };
/** Fields that change at once while a session runs, or that do not affect its stream. */
const LIVE_FIELDS: readonly string[] = ["InputList", "MonitorName"];

/** The sessions of all accounts and their legal transitions. Pure: the caller supplies clock and random numbers. */
export class Sessions {
  private readonly timeline: Timeline;
  /** Changes that apply at the next start. */
  private readonly deferred = new Map<string, Partial<SessionFields>>();

  constructor(
    private readonly clock: () => number,
    private readonly random: () => number,
    private readonly switches: () => Switches,
  ) {
    this.timeline = new Timeline(clock, () => switches().staleListMs);
  }

  create(asker: Asker, parameters: Parameters): string {
    const switches = this.switches();
    const required = ["MonitorName", "OutputTemplate", "Domain", ...(switches.inputListRequired ? ["InputList"] : [])];
    requireParameters(parameters, required, switches);
    const fields = readFields(parameters, switches);
    const region = switches.sessionRegion === "home" ? HOME_REGION : asker.region;
    const own = this.of(asker.accountId);
    if (switches.duplicateNames === "refused" && own.some((each) => each.MonitorName === fields.MonitorName)) {
      throw refusals.duplicateName();
    }
    if (own.filter((each) => each.region === region).length >= switches.quota) {
      throw refusals.quota(switches.quotaCode);
    }
    const id = uuid(this.random);
    this.timeline.add({
      MonitorName: "",
      Domain: "",
      OutputTemplate: "",
      InputList: [],
      ...OPTIONAL,
      App: DEFAULT_APP,
      Stream: id,
      ...fields,
      MonitorId: id,
      Status: 0,
      StartTime: "",
      StopTime: "",
      region,
      accountId: asker.accountId,
      createdAt: this.clock(),
    });
    return id;
  }

  update(asker: Asker, parameters: Parameters): void {
    const switches = this.switches();
    requireParameters(parameters, ["MonitorId", ...(switches.inputListRequired ? ["InputList"] : [])], switches);
    const session = this.find(asker, parameters, switches.unknownIdInUpdate === "InvalidMonitorId.Malformed");
    const given = Object.entries(readFields(parameters, switches)).filter(
      ([, value]) => switches.emptyClears || value !== "",
    );
    const omitted = {
      keep: {},
      "reset-app": { App: DEFAULT_APP },
      reset: { App: DEFAULT_APP, ...OPTIONAL },
    }[switches.updateOmitted];
    this.apply(session, { ...omitted, ...Object.fromEntries(given) });
  }

  start(asker: Asker, parameters: Parameters): void {
    const { runningQuota, startDelayMs } = this.switches();
    const session = this.find(asker, parameters);
    const id = session.MonitorId;
    if (this.countsAs(session) === 1) {
      throw refusals.alreadyStarted();
    }
    if (this.timeline.target(id) === 1) {
      return;
    }
    if (this.of(asker.accountId).filter((each) => this.isOrWillBeRunning(each)).length >= runningQuota) {
      throw refusals.quota("UserQuotaExceed");
    }
    this.timeline.change(id, this.deferred.get(id) ?? {});
    this.deferred.delete(id);
    this.timeline.plan(id, 1, startDelayMs);
  }

  stop(asker: Asker, parameters: Parameters): void {
    const { neverStartedStop, stopDelayMs } = this.switches();
    const session = this.find(asker, parameters);
    if (this.countsAs(session) === 0) {
      if (neverStartedStop === "ok" && session.StartTime === "") {
        return;
      }
      throw refusals.alreadyStopped();
    }
    if (this.timeline.target(session.MonitorId) !== 0) {
      this.timeline.plan(session.MonitorId, 0, stopDelayMs);
    }
  }

  delete(asker: Asker, parameters: Parameters): void {
    const { runningDeleteStatus, runningDeleteCode, whileChanging } = this.switches();
    const session = this.find(asker, parameters);
    const isStarting = this.timeline.target(session.MonitorId) === 1 && whileChanging !== "shown";
    if (session.Status === 1 || isStarting) {
      throw refusals.running(runningDeleteStatus, runningDeleteCode);
    }
    this.timeline.remove(session.MonitorId);
    this.deferred.delete(session.MonitorId);
  }

  /** The sessions that an account can see, as they were `lagMs` ago. */
  listed(asker: Asker, lagMs: number): Session[] {
    const sessions = lagMs > 0 ? this.timeline.asOf(this.clock() - lagMs) : this.timeline.all();
    return sessions.filter((each) => this.isSeenBy(each, asker));
  }

  /** All sessions of all accounts, as they are now. */
  all(): Session[] {
    return this.timeline.all();
  }

  /** Returns the session itself, not a copy, so that a test can change it out of band. */
  get(id: string): Session | undefined {
    return this.timeline.get(id);
  }

  /** Restores exported sessions, with their ids and all their fields. */
  restore(sessions: readonly Session[]): void {
    for (const session of sessions) {
      this.timeline.add({ ...session });
    }
  }

  clear(): void {
    this.timeline.clear();
    this.deferred.clear();
  }

  private of(accountId: string): Session[] {
    return this.timeline.all().filter((each) => each.accountId === accountId);
  }

  private find(asker: Asker, parameters: Parameters, unknownIsMalformed = false): Session {
    requireParameters(parameters, ["MonitorId"], this.switches());
    const id = parameters.MonitorId as string;
    requireWellFormed(id, this.switches());
    const session = this.timeline.get(id);
    if (session === undefined || !this.isSeenBy(session, asker)) {
      throw unknownIsMalformed ? refusals.malformedId() : refusals.noSuchSession();
    }
    return session;
  }

  private isSeenBy(session: Session, { accountId, region }: Asker): boolean {
    const { regionScoped, sessionRegion } = this.switches();
    const isThere = !regionScoped || sessionRegion === "home" || session.region === region;
    return session.accountId === accountId && isThere;
  }

  /** The status by which Start and Stop decide. */
  private countsAs(session: Session): 0 | 1 {
    const target = this.timeline.target(session.MonitorId);
    const { whileChanging } = this.switches();
    if (target !== undefined && whileChanging === "refuse") {
      throw refusals.illegal();
    }
    return target === undefined || whileChanging === "shown" ? session.Status : target;
  }

  private isOrWillBeRunning({ MonitorId, Status }: Session): boolean {
    return (this.timeline.target(MonitorId) ?? Status) === 1;
  }

  private apply(session: Session, fields: Partial<SessionFields>): void {
    const { updateWhileRunning } = this.switches();
    const id = session.MonitorId;
    const waiting = this.deferred.get(id);
    if (!this.isOrWillBeRunning(session) || updateWhileRunning === "apply") {
      this.timeline.change(id, { ...waiting, ...fields });
      this.deferred.delete(id);
      return;
    }
    const entries = Object.entries(fields);
    const later = entries.filter(([name]) => !LIVE_FIELDS.includes(name));
    if (updateWhileRunning === "refuse" && later.some(([name, value]) => differs(session, name, value))) {
      throw refusals.illegal();
    }
    this.timeline.change(id, Object.fromEntries(entries.filter(([name]) => LIVE_FIELDS.includes(name))));
    this.deferred.set(id, { ...waiting, ...Object.fromEntries(later) });
  }
}

function differs(session: Session, name: string, value: unknown): boolean {
  return !isDeepStrictEqual(session[name as keyof SessionFields], value);
}
