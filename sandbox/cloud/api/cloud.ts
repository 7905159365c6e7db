import { type FaultRule, Faults, isCommitted } from "../faults";
import { DEFAULT_SWITCHES, type Switches } from "../switches";
import { type AccountKey, DEFAULT_ACCOUNTS, type KeyChange } from "./accounts";
import { callerIdentity, gatewayRefusal, STS_VERSION } from "./gateway";
import { type JournalEntry, requestId } from "./journal";
import { Limits } from "./limits";
import { describeList } from "./list";
import type { Parameters } from "./parameters";
import { Refusal } from "./refusal";
import { type Asker, HOME_REGION, Sessions } from "./sessions";

/** The parts of a request that the cloud's logic needs. The server checks its signature. */
export interface CloudRequest {
  accessKeyId: string;
  securityToken?: string | undefined;
  version: string;
  action: string;
  parameters: Parameters;
  userAgent?: string | undefined;
  sourcePort?: number | undefined;
}

export interface CloudAnswer {
  /** 0: there is no answer, because the request is lost. */
  httpStatus: number;
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

/** The answer to a request, and the fault that changes it on its way back. */
export interface Outcome {
  answer: CloudAnswer;
  /** Whether the call was carried out successfully, whatever is answered. */
  committed: boolean;
  /** The fault to apply when the answer is sent: see the kinds of faults. */
  fault: FaultRule | undefined;
  entry: JournalEntry;
}

export interface CloudOptions {
  /** Milliseconds since the epoch. Starts and stops follow this clock, without timers. */
  clock: () => number;
  /** Returns numbers from 0 to 1, for ids. */
  random: () => number;
  switches?: Partial<Switches>;
  faults?: FaultRule[];
  /** Default: two accounts with full rights. */
  accounts?: readonly AccountKey[];
}

/**
 * The emulated ApsaraVideo Live. It is pure: the caller supplies its clock and random numbers. HTTP is a thin layer over it.
 *
 * @example
 * ```typescript
 * let now = 0;
 * const cloud = new Cloud({ clock: () => now, random: seeded(1) });
 * const { answer } = cloud.handle({
 *   accessKeyId: "sandbox-key-one",
 *   version: "2016-11-01",
 *   action: "DescribeLiveStreamMonitorList",
 *   parameters: {},
 * });
 * ```
 */
export class Cloud {
  readonly sessions: Sessions;
  readonly journal: JournalEntry[] = [];
  switches: Switches = { ...DEFAULT_SWITCHES };
  accounts: AccountKey[] = [];
  private faults = new Faults([]);
  private readonly limits: Limits;

  constructor(private readonly options: CloudOptions) {
    this.limits = new Limits(options.clock);
    this.sessions = new Sessions(options.clock, options.random, () => this.switches);
    this.reset();
  }

  /** Restores the initial state: no sessions, an empty journal, the initial switches, faults and accounts. */
  reset(): void {
    this.sessions.clear();
    this.journal.length = 0;
    this.limits.clear();
    this.switches = { ...DEFAULT_SWITCHES, ...this.options.switches };
    this.accounts = structuredClone([...(this.options.accounts ?? DEFAULT_ACCOUNTS)]);
    this.setFaults(this.options.faults ?? []);
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.faults = new Faults(rules);
  }

  /** The rules, with how many calls each matched and affected. */
  faultReport(): ReturnType<Faults["report"]> {
    return this.faults.report();
  }

  setSwitches(changes: Partial<Switches>): void {
    this.switches = { ...this.switches, ...changes };
  }

  findKey(accessKeyId: string): AccountKey | undefined {
    return this.accounts.find((each) => each.accessKeyId === accessKeyId);
  }

  /** Changes a key while a stack uses it: it expires, is disabled, or loses rights. */
  changeKey(accessKeyId: string, change: KeyChange): AccountKey {
    const key = this.findKey(accessKeyId);
    if (key === undefined) {
      throw new Error(`There is no access key ${accessKeyId}.`);
    }
    return Object.assign(key, change);
  }

  /** Answers a request with a valid signature, and chooses the fault for it. */
  handle(request: CloudRequest): Outcome {
    const fault = this.faults.decide({ action: request.action, monitorId: request.parameters.MonitorId });
    const entry = this.note(request, fault);
    const done = fault === undefined || isCommitted(fault) ? this.carryOut(request, entry.requestId) : undefined;
    const committed = done?.httpStatus === 200;
    return this.close(entry, committed, failure(fault, entry.requestId, request.version) ?? done ?? LOST, fault);
  }

  /** Answers a request that does not get as far as its action: an unknown key, a wrong signature. */
  refuse(request: CloudRequest, refusal: Refusal): Outcome {
    const entry = this.note(request, undefined);
    return this.close(entry, false, refusalAnswer(refusal, entry.requestId, request.version), undefined);
  }

  private carryOut(request: CloudRequest, id: string): CloudAnswer {
    try {
      const body = this.perform(request);
      return { httpStatus: 200, body: { RequestId: id, ...body }, headers: { "x-acs-request-id": id } };
    } catch (error) {
      if (error instanceof Refusal) {
        return refusalAnswer(error, id, request.version);
      }
      throw error;
    }
  }

  private perform({ accessKeyId, securityToken, action, version, parameters }: CloudRequest): Record<string, unknown> {
    const key = this.findKey(accessKeyId);
    const now = this.options.clock();
    const caller = { key, securityToken, action, version };
    const refusal = gatewayRefusal(caller, this.accounts, this.limits, now, this.switches);
    if (key === undefined || refusal !== undefined) {
      throw refusal;
    }
    if (version === STS_VERSION) {
      return callerIdentity(key);
    }
    return this.act(action, { accountId: key.accountId, region: parameters.RegionId || HOME_REGION }, parameters);
  }

  private act(action: string, asker: Asker, parameters: Parameters): Record<string, unknown> {
    switch (action) {
      case "CreateLiveStreamMonitor":
        return { MonitorId: this.sessions.create(asker, parameters) };
      case "UpdateLiveStreamMonitor":
        this.sessions.update(asker, parameters);
        return {};
      case "StartLiveStreamMonitor":
        this.sessions.start(asker, parameters);
        return {};
      case "StopLiveStreamMonitor":
        this.sessions.stop(asker, parameters);
        return {};
      case "DeleteLiveStreamMonitor":
        this.sessions.delete(asker, parameters);
        return {};
      default:
        return describeList(this.sessions, asker, parameters, this.switches, this.options.random);
    }
  }

  private note(request: CloudRequest, fault: FaultRule | undefined): JournalEntry {
    const { accessKeyId, action, parameters, userAgent = "", sourcePort = 0 } = request;
    const entry: JournalEntry = {
      time: this.options.clock(),
      action,
      accountId: this.findKey(accessKeyId)?.accountId ?? "",
      accessKeyId,
      MonitorId: parameters.MonitorId ?? "",
      MonitorName: parameters.MonitorName ?? "",
      httpStatus: 0,
      code: "",
      requestId: requestId(this.options.random),
      fault: fault?.kind ?? "",
      committed: false,
      userAgent,
      sourcePort,
    };
    this.journal.push(entry);
    return entry;
  }

  private close(entry: JournalEntry, committed: boolean, answer: CloudAnswer, fault: FaultRule | undefined): Outcome {
    const code = typeof answer.body.Code === "string" ? answer.body.Code : "";
    Object.assign(entry, { committed, httpStatus: answer.httpStatus, code });
    return { answer, committed, fault, entry };
  }
}

/** A lost request gets no answer. */
const LOST: CloudAnswer = { httpStatus: 0, body: {}, headers: {} };

/** The answer that a fault gives instead of the cloud's own. */
function failure(fault: FaultRule | undefined, id: string, version: string): CloudAnswer | undefined {
  switch (fault?.kind) {
    case "html":
      return { httpStatus: fault.status ?? 503, body: {}, headers: {} };
    case "error": {
      const { status = 500, code = "InternalError", message = "internal error, please try again later." } = fault;
      return refusalAnswer(new Refusal(status, code, message), id, version);
    }
    default:
      return undefined;
  }
}

function refusalAnswer(refusal: Refusal, id: string, version: string): CloudAnswer {
  const { status, code, message, details, headers } = refusal;
  const product = version === STS_VERSION ? "sts" : "live";
  return {
    httpStatus: status,
    body: {
      RequestId: id,
      HostId: `${product}.aliyuncs.com`,
      Code: code,
      Message: message,
      Recommend: `https://next.api.aliyun.com/troubleshoot?q=${code}&product=${product}`,
      ...details,
    },
    headers: { "x-acs-request-id": id, ...headers },
  };
}
