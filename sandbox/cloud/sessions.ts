import { refusals } from "./refusal";
import type { Switches } from "./switches";

/** A session as the cloud keeps it. */
export interface Session {
  MonitorId: string;
  MonitorName: string;
  Domain: string;
  App: string;
  Stream: string;
  OutputTemplate: string;
  InputList: Record<string, unknown>[];
  MonitorConfig: string;
  CallbackUrl: string;
  DingTalkWebHookUrl: string;
  Status: 0 | 1;
  StartTime: string;
  StopTime: string;
  region: string;
  accountId: string;
  createdAt: number;
}

export type Parameters = Readonly<Record<string, string>>;

/** Who asks, and for which region. */
export interface Asker {
  accountId: string;
  region: string;
}

const TEMPLATES = ["lp_ld", "lp_sd", "lp_hd", "lp_ud"];
const ONLY_DOMAIN = "play.example.com";
const DEFAULT_APP = "monitor";

/** The sessions of all accounts and their legal transitions. Pure: time and chance come from outside. */
export class Sessions {
  private sessions = new Map<string, Session>();
  /** Starts and stops under way: they show once their time has come. */
  private transitions: { id: string; at: number; status: 0 | 1 }[] = [];
  /** What lists showed at earlier times, newest last, for lists that lag behind. */
  private history: { at: number; sessions: Session[] }[] = [];

  constructor(
    private readonly clock: () => number,
    private readonly random: () => number,
    private readonly switches: () => Switches,
  ) {}

  create(asker: Asker, parameters: Parameters): string {
    const { quota, inputListRequired } = this.switches();
    this.require(parameters, ["MonitorName", "OutputTemplate", "Domain", ...(inputListRequired ? ["InputList"] : [])]);
    const values = this.parse(parameters);
    if (this.of(asker.accountId).filter((each) => each.region === asker.region).length >= quota) {
      throw refusals.quota();
    }
    const id = this.uuid();
    this.remember();
    this.sessions.set(id, {
      MonitorName: "",
      Domain: "",
      OutputTemplate: "",
      InputList: [],
      MonitorConfig: "",
      CallbackUrl: "",
      DingTalkWebHookUrl: "",
      App: DEFAULT_APP,
      Stream: id,
      ...values,
      MonitorId: id,
      Status: 0,
      StartTime: "",
      StopTime: "",
      region: asker.region,
      accountId: asker.accountId,
      createdAt: this.clock(),
    });
    return id;
  }

  update(asker: Asker, parameters: Parameters): void {
    const { updateOmitted, inputListRequired, emptyClears } = this.switches();
    this.require(parameters, ["MonitorId", ...(inputListRequired ? ["InputList"] : [])]);
    const session = this.find(asker, parameters);
    const given = Object.entries(this.parse(parameters)).filter(([, value]) => emptyClears || value !== "");
    const reset =
      updateOmitted === "reset" ? { App: DEFAULT_APP, MonitorConfig: "", CallbackUrl: "", DingTalkWebHookUrl: "" } : {};
    this.remember();
    Object.assign(session, reset, Object.fromEntries(given));
  }

  start(asker: Asker, parameters: Parameters): void {
    const session = this.find(asker, parameters);
    if (session.Status === 1 || this.isOnItsWay(session, 1)) {
      throw refusals.alreadyStarted();
    }
    this.move(session, 1, this.switches().startDelayMs);
  }

  stop(asker: Asker, parameters: Parameters): void {
    const session = this.find(asker, parameters);
    const isStopping = this.isOnItsWay(session, 0);
    if ((session.Status === 0 && !this.isOnItsWay(session, 1)) || isStopping) {
      if (session.StartTime === "" && this.switches().neverStartedStop === "ok") {
        return;
      }
      // A stop that is under way was accepted once; asked again, the session is still shown as running.
      if (!isStopping) {
        throw refusals.alreadyStopped();
      }
      return;
    }
    this.move(session, 0, this.switches().stopDelayMs);
  }

  delete(asker: Asker, parameters: Parameters): void {
    const session = this.find(asker, parameters);
    if (session.Status === 1 || this.isOnItsWay(session, 1)) {
      const { runningDeleteStatus, runningDeleteCode } = this.switches();
      throw refusals.running(runningDeleteStatus, runningDeleteCode);
    }
    this.remember();
    this.sessions.delete(session.MonitorId);
  }

  /** The sessions of one account as a list may show them: as they were some time ago. */
  listed(asker: Asker, lagMs: number): Session[] {
    this.advance();
    const then = this.clock() - lagMs;
    const past = lagMs > 0 ? this.history.find((each) => each.at > then) : undefined;
    const sessions = past?.sessions ?? [...this.sessions.values()];
    const { regionScoped } = this.switches();
    return sessions.filter(
      (each) => each.accountId === asker.accountId && (!regionScoped || each.region === asker.region),
    );
  }

  /** All sessions of all accounts, as they are. */
  all(): Session[] {
    this.advance();
    return [...this.sessions.values()];
  }

  get(id: string): Session | undefined {
    this.advance();
    return this.sessions.get(id);
  }

  clear(): void {
    this.sessions = new Map();
    this.transitions = [];
    this.history = [];
  }

  private of(accountId: string): Session[] {
    return this.all().filter((each) => each.accountId === accountId);
  }

  private find(asker: Asker, parameters: Parameters): Session {
    this.require(parameters, ["MonitorId"]);
    const id = parameters.MonitorId as string;
    if (!isWellFormed(id)) {
      throw refusals.malformedId();
    }
    this.advance();
    const session = this.sessions.get(id);
    const elsewhere = this.switches().regionScoped && session?.region !== asker.region;
    if (session === undefined || session.accountId !== asker.accountId || elsewhere) {
      throw refusals.noSuchSession();
    }
    return session;
  }

  private require(parameters: Parameters, names: string[]): void {
    const missing = names.find((name) => (parameters[name] ?? "") === "");
    if (missing !== undefined) {
      throw refusals.missing(missing, this.switches().missingParameterCode === "Missing*");
    }
  }

  private parse(parameters: Parameters): Partial<Session> {
    const bad: string[] = [];
    const { InputList, MonitorConfig, OutputTemplate, Domain, CallbackUrl, DingTalkWebHookUrl } = parameters;
    const inputs = InputList === undefined ? undefined : parseJson(InputList);
    if (InputList !== undefined && (!Array.isArray(inputs) || !inputs.every(isObject) || inputs.length === 0)) {
      bad.push("InputList");
    }
    if (MonitorConfig && !isObject(parseJson(MonitorConfig))) {
      bad.push("MonitorConfig");
    }
    if (OutputTemplate !== undefined && !TEMPLATES.includes(OutputTemplate)) {
      bad.push("OutputTemplate");
    }
    for (const [name, url] of Object.entries({ CallbackUrl, DingTalkWebHookUrl })) {
      if (url && !/^https?:\/\//.test(url)) {
        bad.push(name);
      }
    }
    if (bad.length > 0) {
      throw refusals.malformed(bad.join(", "));
    }
    if (Domain !== undefined && !this.switches().anyDomain && Domain !== ONLY_DOMAIN) {
      throw refusals.unknownDomain();
    }
    const { MonitorName, App, Stream } = parameters;
    const texts = { MonitorName, Domain, OutputTemplate, MonitorConfig, CallbackUrl, DingTalkWebHookUrl };
    const values = { ...texts, App: App || undefined, Stream: Stream || undefined, InputList: inputs };
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  }

  private move(session: Session, status: 0 | 1, delayMs: number): void {
    this.transitions = this.transitions.filter((each) => each.id !== session.MonitorId);
    this.transitions.push({ id: session.MonitorId, at: this.clock() + delayMs, status });
    this.advance();
  }

  private isOnItsWay(session: Session, status: 0 | 1): boolean {
    return this.transitions.some((each) => each.id === session.MonitorId && each.status === status);
  }

  /** Lets what is due happen, in its order, at its own time. */
  private advance(): void {
    const now = this.clock();
    const due = this.transitions.filter((each) => each.at <= now).sort((a, b) => a.at - b.at);
    for (const { id, at, status } of due) {
      const session = this.sessions.get(id);
      if (session !== undefined) {
        this.remember(at);
        session.Status = status;
        session[status === 1 ? "StartTime" : "StopTime"] = `${new Date(at).toISOString().slice(0, 19)}Z`;
      }
    }
    this.transitions = this.transitions.filter((each) => each.at > now);
  }

  /** Keeps a picture of what is about to change, as long as a list may lag. */
  private remember(at = this.clock()): void {
    const { staleListMs } = this.switches();
    if (staleListMs > 0) {
      this.history = this.history.filter((each) => each.at > this.clock() - staleListMs);
      this.history.push({ at, sessions: structuredClone([...this.sessions.values()]) });
    }
  }

  private uuid(): string {
    const hex = Array.from({ length: 32 }, () => Math.floor(this.random() * 16).toString(16)).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
}

/** What counts as malformed is documented nowhere; published ids are lower-case UUIDs. */
export function isWellFormed(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
