import {
  type Transport,
  type TransportAnswer,
  TransportFailure,
  type TransportRequest,
} from "../../provider/live/transport";
import type { Action, LiveStreamMonitor } from "../../provider/live/types";
import type { VirtualClock } from "./virtual-clock";

/** What a test wants instead of the ordinary answer to one call. */
export type Twist =
  | { kind: "refuse"; code: string; status: number; message?: string }
  | { kind: "lose"; carriedOut: boolean }
  | { kind: "not-sent" }
  | { kind: "html"; status: number }
  | { kind: "late"; ms: number }
  | { kind: "answer"; body: Record<string, unknown> };

const LIST: Action = "DescribeLiveStreamMonitorList";

export interface Call {
  action: Action;
  query: Record<string, string>;
  time: number;
  accessKeyId: string;
}

/**
 * The least of a cloud that unit tests need: sessions in memory, answers at once, and a script of twists for single calls.
 * The emulator in sandbox/ is the faithful one; this one is for saying exactly what comes back, and when.
 */
export class ScriptedCloud {
  readonly sessions = new Map<string, LiveStreamMonitor>();
  readonly calls: Call[] = [];
  accountId = "1000";
  /** How long a start or stop takes to show. */
  delayMs = 1_000;
  /** Refuses to delete a running session with this. */
  runningDelete = { code: "InvalidParameter.Malformed", status: 400 };
  private readonly twists: { action: Action; twist: Twist; ofFiltered?: boolean }[] = [];
  private readonly changes: { id: string; at: number; status: number }[] = [];
  private next = 1;

  constructor(private readonly clock: VirtualClock) {}

  /** The next call of this action gets this instead. Several are used up in their order. */
  script(action: Action, ...twists: Twist[]): void {
    this.twists.push(...twists.map((twist) => ({ action, twist })));
  }

  /** The next lists that are filtered by an id get these instead. */
  twistFiltered(...twists: Twist[]): void {
    this.twists.push(...twists.map((twist) => ({ action: LIST, twist, ofFiltered: true })));
  }

  /** The next pages of the whole list get these instead. */
  twistPages(...twists: Twist[]): void {
    this.twists.push(...twists.map((twist) => ({ action: LIST, twist, ofFiltered: false })));
  }

  add(session: Partial<LiveStreamMonitor>): string {
    const id = session.MonitorId ?? `00000000-0000-4000-8000-${String(this.next++).padStart(12, "0")}`;
    this.sessions.set(id, { MonitorName: "foreign", Domain: "play.example.com", Status: 0, ...session, MonitorId: id });
    return id;
  }

  actions(): Action[] {
    return this.calls.map((call) => call.action);
  }

  readonly transport: Transport = async (request) => {
    this.calls.push({ ...request, time: this.clock.now(), accessKeyId: request.credential.accessKeyId });
    const isFiltered = request.query.MonitorId !== undefined;
    const index = this.twists.findIndex(
      ({ action, ofFiltered = isFiltered }) => action === request.action && ofFiltered === isFiltered,
    );
    const twist = index < 0 ? undefined : this.twists.splice(index, 1)[0]?.twist;
    switch (twist?.kind) {
      case "refuse":
        throw new TransportFailure("refusal", twist.message ?? "refused", twist.status, twist.code, "req-refused");
      case "not-sent":
        throw new TransportFailure(
          "not-sent",
          "ECONNREFUSED: no connection to the endpoint",
          undefined,
          "ECONNREFUSED",
        );
      case "html":
        throw new TransportFailure("not-json", "the answer is not JSON", twist.status);
      case "lose":
        if (twist.carriedOut) {
          this.carryOut(request);
        }
        throw new TransportFailure("no-answer", "no answer within 10 s");
      case "late": {
        const answer = this.carryOut(request);
        await this.clock.sleep(twist.ms, request.signal);
        return answer;
      }
      case "answer":
        return { httpStatus: 200, body: twist.body };
      default:
        return this.carryOut(request);
    }
  };

  private carryOut({ action, query }: TransportRequest): TransportAnswer {
    this.settle();
    const session = this.sessions.get(query.MonitorId ?? "");
    const ok = (body: Record<string, unknown> = {}) => ({ httpStatus: 200, body: { RequestId: "req-ok", ...body } });
    const refuse = (status: number, code: string) =>
      new TransportFailure("refusal", "refused", status, code, "req-refused");
    if (action === "GetCallerIdentity") {
      return ok({ AccountId: this.accountId });
    }
    if (action === "DescribeLiveStreamMonitorList") {
      const all = [...this.sessions.values()].filter((each) => !query.MonitorId || each.MonitorId === query.MonitorId);
      const [page, size] = [Number(query.PageNum), Number(query.PageSize)];
      const list = structuredClone(all.slice((page - 1) * size, page * size));
      return ok({ Total: all.length, LiveStreamMonitorList: list });
    }
    if (action === "CreateLiveStreamMonitor") {
      return ok({ MonitorId: this.add(fromQuery(query)) });
    }
    if (session === undefined) {
      throw refuse(404, "StreamMonitorNotExist");
    }
    if (action === "UpdateLiveStreamMonitor") {
      Object.assign(session, fromQuery(query));
      return ok();
    }
    if (action === "DeleteLiveStreamMonitor") {
      if (session.Status === 1) {
        throw refuse(this.runningDelete.status, this.runningDelete.code);
      }
      this.sessions.delete(session.MonitorId);
      return ok();
    }
    const want = action === "StartLiveStreamMonitor" ? 1 : 0;
    if (session.Status === want) {
      throw refuse(400, want === 1 ? "StreamMonitorAlreadyStarted" : "StreamMonitorAlreadyStop");
    }
    this.changes.push({ id: session.MonitorId, at: this.clock.now() + this.delayMs, status: want });
    return ok();
  }

  private settle(): void {
    for (const change of this.changes.filter((each) => each.at <= this.clock.now())) {
      const session = this.sessions.get(change.id);
      if (session !== undefined) {
        session.Status = change.status;
      }
    }
    this.changes.splice(0, this.changes.length, ...this.changes.filter((each) => each.at > this.clock.now()));
  }
}

function fromQuery(query: Record<string, string>): Partial<LiveStreamMonitor> {
  const {
    MonitorName,
    Domain,
    OutputTemplate,
    InputList,
    MonitorConfig,
    CallbackUrl,
    DingTalkWebHookUrl,
    App,
    Stream,
  } = query;
  const values = {
    MonitorName,
    Domain,
    OutputTemplate,
    InputList: InputList === undefined ? undefined : JSON.parse(InputList),
    MonitorConfig,
    CallbackUrl,
    DingTalkWebHookUrl,
    OutputUrls: Stream === undefined ? undefined : { RtmpUrl: `rtmp://${Domain}/${App}/${Stream}` },
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
