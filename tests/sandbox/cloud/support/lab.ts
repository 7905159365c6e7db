import type { AccountKey } from "../../../../sandbox/cloud";
import {
  Cloud,
  type CloudAnswer,
  type CloudRequest,
  type FaultRule,
  type Outcome,
  type Session,
  type Switches,
  seeded,
} from "../../../../sandbox/cloud";

export const MINE: AccountKey = { accountId: "1000", accessKeyId: "mine", accessKeySecret: "my-secret" };
export const OTHERS: AccountKey = { accountId: "2000", accessKeyId: "others", accessKeySecret: "their-secret" };
export const INPUTS = [{ InputUrl: "rtmp://play.example.com/app/one?auth_key=1-2-3", LayoutId: 1 }];

/** Parameters with which a session can be made. */
export const FIELDS = {
  MonitorName: "wall",
  OutputTemplate: "lp_hd",
  Domain: "play.example.com",
  InputList: JSON.stringify(INPUTS),
};

type Fields = Record<string, string>;
type Who = Partial<Pick<CloudRequest, "accessKeyId" | "securityToken" | "version">>;

interface LabOptions {
  switches?: Partial<Switches>;
  faults?: FaultRule[];
  accounts?: AccountKey[];
}

/** The cloud without HTTP, and a clock that stands still until it is moved. Limits are wide, unless told otherwise. */
export class Lab {
  now = Date.UTC(2026, 0, 1);
  readonly cloud: Cloud;

  constructor({ switches = {}, faults = [], accounts = [MINE, OTHERS] }: LabOptions = {}) {
    const all = { qps: 1000, ...switches };
    this.cloud = new Cloud({ clock: () => this.now, random: seeded(1), switches: all, faults, accounts });
  }

  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  /** @param action in short: `Create`, `List` and so on */
  handle(action: string, parameters: Fields = {}, who: Who = {}): Outcome {
    const isSts = action === "GetCallerIdentity";
    return this.cloud.handle({
      accessKeyId: MINE.accessKeyId,
      version: isSts ? "2015-04-01" : "2016-11-01",
      action: fullName(action),
      parameters,
      ...who,
    });
  }

  call(action: string, parameters: Fields = {}, who: Who = {}): CloudAnswer {
    return this.handle(action, parameters, who).answer;
  }

  /** The answer in short: `200`, or status and code. */
  say(action: string, parameters: Fields = {}, who: Who = {}): string {
    const { httpStatus, body } = this.call(action, parameters, who);
    return [httpStatus, body.Code].filter((each) => each !== undefined).join(" ");
  }

  create(fields: Fields = {}): string {
    const { body } = this.call("Create", { ...FIELDS, ...fields });
    if (typeof body.MonitorId !== "string") {
      throw new Error(`no session: ${JSON.stringify(body)}`);
    }
    return body.MonitorId;
  }

  /** A session that runs. */
  started(fields: Fields = {}): string {
    const MonitorId = this.create(fields);
    this.say("Start", { MonitorId });
    this.pass(this.cloud.switches.startDelayMs);
    return MonitorId;
  }

  update(MonitorId: string, fields: Fields): string {
    return this.say("Update", { MonitorId, InputList: FIELDS.InputList, ...fields });
  }

  list(parameters: Fields = {}): Record<string, unknown>[] {
    const { body } = this.call("List", parameters);
    if (!Array.isArray(body.LiveStreamMonitorList)) {
      throw new Error(`no list: ${JSON.stringify(body)}`);
    }
    return body.LiveStreamMonitorList;
  }

  /** The ids on a page. */
  ids(parameters: Fields = {}): unknown[] {
    return this.list(parameters).map((each) => each.MonitorId);
  }

  session(id: string): Session {
    const session = this.cloud.sessions.get(id);
    if (session === undefined) {
      throw new Error(`${id} is not there`);
    }
    return session;
  }
}

export function fullName(action: string): string {
  return action === "List"
    ? "DescribeLiveStreamMonitorList"
    : /^(Create|Update|Start|Stop|Delete)$/.test(action)
      ? `${action}LiveStreamMonitor`
      : action;
}
