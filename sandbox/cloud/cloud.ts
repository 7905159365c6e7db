import { type AccountKey, DEFAULT_ACCOUNTS } from "./accounts";
import { type FaultRule, Faults } from "./faults";
import { Limits } from "./limits";
import { describeList } from "./list";
import { Refusal, refusals } from "./refusal";
import { type Parameters, Sessions } from "./sessions";
import { DEFAULT_SWITCHES, type Switches } from "./switches";

/** A request as far as the cloud's own logic needs it; the signature has been looked at elsewhere. */
export interface CloudRequest {
  accessKeyId: string;
  securityToken?: string | undefined;
  version: string;
  action: string;
  parameters: Parameters;
}

export interface CloudAnswer {
  httpStatus: number;
  body: Record<string, unknown>;
}

/** One line of the journal. It never holds a query or a key's secret. */
export interface JournalEntry {
  /** Milliseconds since the epoch, when the request came. */
  time: number;
  action: string;
  accountId: string;
  accessKeyId: string;
  MonitorId: string;
  MonitorName: string;
  httpStatus: number;
  code: string;
  requestId: string;
  /** The kind of fault that hit it, if one did. */
  fault: string;
}

/** What becomes of a request: its answer, and what the way back does to it. */
export interface Outcome {
  answer: CloudAnswer;
  fault: FaultRule | undefined;
  entry: JournalEntry;
}

export interface CloudOptions {
  clock: () => number;
  random: () => number;
  switches?: Partial<Switches>;
  faults?: FaultRule[];
  accounts?: readonly AccountKey[];
}

const VERSIONS: Readonly<Record<string, string>> = { GetCallerIdentity: "2015-04-01" };
const LIVE_VERSION = "2016-11-01";
const DEFAULT_REGION = "cn-shanghai";
/** Faults that hit a request before it is carried out. */
const BEFORE: readonly FaultRule["kind"][] = ["drop-before", "hang"];

/** The emulated ApsaraVideo Live: pure, in the time and chance that it is given. HTTP is a thin layer over it. */
export class Cloud {
  readonly sessions: Sessions;
  readonly journal: JournalEntry[] = [];
  switches: Switches;
  accounts: AccountKey[];
  private faults: Faults;
  private readonly limits: Limits;

  constructor(private readonly options: CloudOptions) {
    this.switches = { ...DEFAULT_SWITCHES, ...options.switches };
    this.accounts = structuredClone([...(options.accounts ?? DEFAULT_ACCOUNTS)]);
    this.faults = new Faults(options.faults ?? [], options.random);
    this.limits = new Limits(options.clock);
    this.sessions = new Sessions(options.clock, options.random, () => this.switches);
  }

  /** As it was when it began: no sessions, an empty journal, the first switches, faults and accounts. */
  reset(): void {
    this.sessions.clear();
    this.journal.length = 0;
    this.limits.clear();
    this.switches = { ...DEFAULT_SWITCHES, ...this.options.switches };
    this.accounts = structuredClone([...(this.options.accounts ?? DEFAULT_ACCOUNTS)]);
    this.setFaults(this.options.faults ?? []);
  }

  setFaults(rules: FaultRule[]): void {
    this.faults = new Faults(rules, this.options.random);
  }

  setSwitches(changes: Partial<Switches>): void {
    this.switches = { ...this.switches, ...changes };
  }

  findKey(accessKeyId: string): AccountKey | undefined {
    return this.accounts.find((each) => each.accessKeyId === accessKeyId);
  }

  /** Answers a request whose signature is right, and decides what goes wrong on its way. */
  handle(request: CloudRequest): Outcome {
    const { action, parameters } = request;
    const fault = this.faults.decide({ action, monitorId: parameters.MonitorId });
    const entry = this.note(request, fault);
    let answer: CloudAnswer;
    if (fault !== undefined && BEFORE.includes(fault.kind)) {
      answer = { httpStatus: 0, body: {} };
    } else {
      const replaces = fault?.kind === "error" || fault?.kind === "html";
      answer = replaces && fault.commit !== true ? this.failure(fault, entry) : this.carryOut(request, entry);
      if (replaces && fault.commit === true) {
        answer = this.failure(fault, entry);
      }
    }
    entry.httpStatus = answer.httpStatus;
    entry.code = typeof answer.body.Code === "string" ? answer.body.Code : "";
    return { answer, fault, entry };
  }

  /** The answer to a request that never came as far as its action: an unknown key, a wrong signature. */
  refuse(request: CloudRequest, refusal: Refusal): Outcome {
    const entry = this.note(request, undefined);
    const answer = this.refusalAnswer(refusal, entry.requestId);
    entry.httpStatus = answer.httpStatus;
    entry.code = refusal.code;
    return { answer, fault: undefined, entry };
  }

  private carryOut(request: CloudRequest, entry: JournalEntry): CloudAnswer {
    try {
      return { httpStatus: 200, body: { RequestId: entry.requestId, ...this.perform(request) } };
    } catch (error) {
      if (error instanceof Refusal) {
        return this.refusalAnswer(error, entry.requestId);
      }
      throw error;
    }
  }

  /** The order of checks is documented nowhere: who asks, what for, may they, how often, and only then the thing itself. */
  private perform(request: CloudRequest): Record<string, unknown> {
    const { accessKeyId, securityToken, action, version, parameters } = request;
    const key = this.findKey(accessKeyId);
    if (key === undefined) {
      throw refusals.unknownKey(this.switches.unknownKeyStatus);
    }
    this.checkKey(key, securityToken);
    const handlers = this.handlers(key.accountId);
    const handler = handlers[action];
    if (handler === undefined) {
      throw refusals.unknownApi();
    }
    if (version !== (VERSIONS[action] ?? LIVE_VERSION)) {
      throw refusals.unknownVersion();
    }
    if (action !== "GetCallerIdentity" && !isAllowed(key, `live:${action}`)) {
      throw refusals.forbidden();
    }
    if (!this.limits.admit(key.accountId, action, this.switches.qps)) {
      throw refusals.throttled(this.switches.throttleStatus, this.switches.throttleCode);
    }
    return handler({ accountId: key.accountId, region: parameters.RegionId || DEFAULT_REGION }, parameters);
  }

  private checkKey(key: AccountKey, token: string | undefined): void {
    if (key.status === "disabled") {
      throw refusals.inactiveKey();
    }
    if (key.securityToken !== undefined && token === undefined) {
      throw refusals.missingToken();
    }
    if (token !== undefined && token !== key.securityToken) {
      throw refusals.badToken();
    }
    if (key.status === "expired") {
      throw key.securityToken === undefined
        ? refusals.unknownKey(this.switches.unknownKeyStatus)
        : refusals.expiredToken();
    }
  }

  private handlers(accountId: string): Record<string, Handler | undefined> {
    const quiet =
      (act: (asker: Asker, parameters: Parameters) => void): Handler =>
      (asker, parameters) => {
        act(asker, parameters);
        return {};
      };
    return {
      CreateLiveStreamMonitor: (asker, parameters) => ({ MonitorId: this.sessions.create(asker, parameters) }),
      UpdateLiveStreamMonitor: quiet((asker, parameters) => this.sessions.update(asker, parameters)),
      StartLiveStreamMonitor: quiet((asker, parameters) => this.sessions.start(asker, parameters)),
      StopLiveStreamMonitor: quiet((asker, parameters) => this.sessions.stop(asker, parameters)),
      DeleteLiveStreamMonitor: quiet((asker, parameters) => this.sessions.delete(asker, parameters)),
      DescribeLiveStreamMonitorList: (asker, parameters) =>
        describeList(this.sessions, asker, parameters, this.switches),
      GetCallerIdentity: () => ({
        AccountId: accountId,
        Arn: `acs:ram::${accountId}:root`,
        IdentityType: "Account",
        PrincipalId: accountId,
        UserId: accountId,
      }),
    };
  }

  private failure(fault: FaultRule, entry: JournalEntry): CloudAnswer {
    if (fault.kind === "html") {
      return { httpStatus: fault.status ?? 503, body: {} };
    }
    const refusal = new Refusal(
      fault.status ?? 500,
      fault.code ?? "InternalError",
      fault.message ?? "internal error, please try again later.",
    );
    return this.refusalAnswer(refusal, entry.requestId);
  }

  private refusalAnswer(refusal: Refusal, requestId: string): CloudAnswer {
    return {
      httpStatus: refusal.status,
      body: {
        RequestId: requestId,
        HostId: "live.aliyuncs.com",
        Code: refusal.code,
        Message: refusal.message,
        Recommend: `https://next.api.aliyun.com/troubleshoot?q=${refusal.code}&product=live`,
      },
    };
  }

  private note({ accessKeyId, action, parameters }: CloudRequest, fault: FaultRule | undefined): JournalEntry {
    const hex = () =>
      Math.floor(this.options.random() * 2 ** 32)
        .toString(16)
        .toUpperCase()
        .padStart(8, "0");
    const entry: JournalEntry = {
      time: this.options.clock(),
      action,
      accountId: this.findKey(accessKeyId)?.accountId ?? "",
      accessKeyId,
      MonitorId: parameters.MonitorId ?? "",
      MonitorName: parameters.MonitorName ?? "",
      httpStatus: 0,
      code: "",
      requestId: `${hex()}-${hex().slice(0, 4)}-${hex().slice(0, 4)}-${hex().slice(0, 4)}-${hex()}${hex().slice(0, 4)}`,
      fault: fault?.kind ?? "",
    };
    this.journal.push(entry);
    return entry;
  }
}

interface Asker {
  accountId: string;
  region: string;
}
type Handler = (asker: Asker, parameters: Parameters) => Record<string, unknown>;

function isAllowed(key: AccountKey, action: string): boolean {
  return key.actions === undefined || key.actions.some((each) => each === action || each === "live:*" || each === "*");
}
