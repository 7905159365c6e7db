import { AsyncLocalStorage } from "node:async_hooks";
import type * as pulumi from "@pulumi/pulumi";
import { handler } from "../../../provider/host/dynamic";
import { MonitorLifecycle } from "../../../provider/lifecycle/monitor";
import { engineGone, type Operation } from "../../../provider/lifecycle/operation";
import type { EngineLine } from "../../../provider/lifecycle/progress";
import { MALFORMED, NO_ANSWER, NOT_JSON, NOT_SENT } from "../../../provider/live/errors";
import { Pacer } from "../../../provider/live/pacing";
import { type Transport, type TransportAnswer, TransportFailure } from "../../../provider/live/transport";
import type { Action } from "../../../provider/live/types";
import {
  type AccountKey,
  Cloud,
  type CloudRequest,
  type FaultRule,
  type Switches,
  seeded,
} from "../../../sandbox/cloud";
import { pluginHooks } from "../../support/plugin-hooks";
import { VirtualClock } from "../../support/virtual-clock";
import { reach } from "./reach";

export const KEY: AccountKey = { accountId: "1000", accessKeyId: "key-one", accessKeySecret: "secret-one-hush" };
export const OTHER_KEY: AccountKey = { accountId: "2000", accessKeyId: "key-two", accessKeySecret: "secret-two-hush" };

/** As the code of a dropped request: it never left this machine. */
export const UNREACHABLE = "ECONNREFUSED";

/** Where a process is cut off: before its n-th call leaves, once the cloud has carried it out, or when the answer came. */
export interface Crash {
  victim: "plugin" | "engine" | "both";
  atCall: number;
  moment: "before" | "committed" | "answered";
}

/** What the engine calls: the hooks of the dynamic resource, or the plugin, through the messages of its wire. */
export type Face = "dynamic" | "plugin";

/** One call as a process sent it. */
export interface SentCall {
  time: number;
  action: string;
  /** Which hook call it was sent for. */
  hook: number;
  code: string;
  httpStatus: number | undefined;
}

/** The cloud, time and chance of one script. Everything in it repeats exactly for the same seed. */
export class World {
  readonly clock: VirtualClock;
  readonly cloud: Cloud;
  readonly random: () => number;
  calls = 0;

  constructor(
    seed: number,
    switches: Partial<Switches> = {},
    faults: FaultRule[] = [],
    accounts: AccountKey[] = [KEY, OTHER_KEY],
    readonly face: Face = "dynamic",
  ) {
    this.clock = new VirtualClock(Date.UTC(2026, 0, 1), seed);
    this.random = seeded(seed);
    const clock = () => this.clock.now();
    this.cloud = new Cloud({ clock, random: this.random, switches, faults, accounts });
  }
}

const hookCalls = new AsyncLocalStorage<number>();
let hooks = 0;

/** One plugin process with its engine: the provider's hooks, a pacer of their own, and an end that may come at any call. */
export class PluginProcess {
  readonly sent: SentCall[] = [];
  /** What its failed operations said last; a plugin that outlives its engine writes it to its output. */
  readonly lastWords: string[] = [];
  /** Every line that it showed. */
  readonly lines: string[] = [];
  readonly provider: pulumi.dynamic.ResourceProvider;
  /** What the command line works with. */
  readonly lifecycle: MonitorLifecycle;
  engineAlive = true;
  pluginAlive = true;
  private readonly operations = new Set<Operation>();
  private readonly deaths: ((error: Error) => void)[] = [];

  constructor(
    private readonly world: World,
    readonly env: Record<string, string | undefined>,
    private readonly crash?: Crash,
  ) {
    const { clock } = world;
    const dependencies = {
      clock,
      transport: this.transport,
      pacer: new Pacer(clock),
      engine: {
        alive: async () => this.engineAlive,
        log: async (line: EngineLine) => void this.lines.push(line.text),
        runsProgram: async () => false,
      },
      supervisor: {
        watch: (operation: Operation) => {
          this.operations.add(operation);
          return () => {
            this.operations.delete(operation);
            this.lastWords.push(operation.lastError ?? "");
          };
        },
      },
    };
    this.provider = world.face === "plugin" ? pluginHooks({ ...dependencies, env }) : handler({ ...dependencies, env });
    this.lifecycle = new MonitorLifecycle({ config: () => undefined, env }, dependencies);
  }

  /** Calls a hook. It fails at once when its process dies, as a broken connection does. */
  call<T>(body: () => Promise<T>): Promise<T> {
    if (!this.pluginAlive || !this.engineAlive) {
      return Promise.reject(new Error("the plugin is gone"));
    }
    hooks += 1;
    const death = new Promise<never>((_resolve, reject) => this.deaths.push(reject));
    death.catch(() => {});
    return Promise.race([hookCalls.run(hooks, body), death]);
  }

  /** What is under way ends as after a signal, or as for an engine that is gone. */
  private kill(victim: Crash["victim"]): void {
    this.engineAlive = victim === "plugin";
    this.pluginAlive = victim === "engine";
    for (const die of this.deaths) {
      die(new Error("the plugin is gone"));
    }
    if (victim === "engine") {
      // The plugin notices within its watch interval.
      this.world.clock
        .sleep(250)
        .then(() => {
          for (const operation of this.operations) {
            operation.end(engineGone());
          }
        })
        .catch(() => {});
    }
  }

  private readonly transport: Transport = async (request) => {
    const { world } = this;
    this.world.calls += 1;
    const call = {
      time: world.clock.now(),
      action: request.action,
      hook: hookCalls.getStore() ?? 0,
      code: "",
      httpStatus: 0,
    };
    this.sent.push(call);
    const number = this.sent.length;
    const due = (moment: Crash["moment"]) => this.crash?.atCall === number && this.crash.moment === moment;
    const dies = async (moment: Crash["moment"]) => {
      if (due(moment)) {
        this.kill((this.crash as Crash).victim);
      }
      if (!this.pluginAlive) {
        await new Promise(() => {});
      }
    };
    await dies("before");
    await world.clock.sleep(5 + world.random() * 40, request.signal);
    const asked: CloudRequest = {
      accessKeyId: request.credential.accessKeyId,
      securityToken: request.credential.securityToken,
      version: request.version,
      action: request.action,
      parameters: request.query,
    };
    const { answer, fault } = world.cloud.handle(asked);
    await dies("committed");
    await world.clock.sleep(5 + world.random() * 40 + (fault?.kind === "delay" ? (fault.ms ?? 0) : 0), request.signal);
    await dies("answered");
    // Only what arrives can be obeyed.
    call.code = fault === undefined || ["error", "delay"].includes(fault.kind) ? String(answer.body.Code ?? "") : "";
    call.httpStatus = answer.httpStatus;
    note(request.action, answer.httpStatus, call.code, fault);
    // A cloud may repeat in a refusal whatever it was asked.
    const echo = `${new URLSearchParams(request.query)} ${JSON.stringify(request.query)} ${request.credential.accessKeySecret}`;
    const body =
      answer.body.Code === undefined
        ? answer.body
        : { ...answer.body, Message: `${String(answer.body.Message)} ${echo}` };
    return deliver(answer.httpStatus, body, fault, world.clock, request.signal);
  };
}

/** Puts on record which row of the error table this leads to. */
function note(action: Action, httpStatus: number, code: string, fault: FaultRule | undefined): void {
  const codes: Partial<Record<FaultRule["kind"], string>> = {
    "drop-before": fault?.code === UNREACHABLE ? NOT_SENT : NO_ANSWER,
    "drop-after": NO_ANSWER,
    hang: NO_ANSWER,
    endless: NO_ANSWER,
    html: NOT_JSON,
    malformed: MALFORMED,
  };
  const own = fault && codes[fault.kind];
  if (own !== undefined || code !== "") {
    reach(action, own ?? code, own === undefined ? httpStatus : undefined);
  }
}

/** What the SDK's transport would make of the answer. */
async function deliver(
  httpStatus: number,
  body: Record<string, unknown>,
  fault: FaultRule | undefined,
  clock: VirtualClock,
  signal: AbortSignal,
): Promise<TransportAnswer> {
  switch (fault?.kind) {
    case "drop-before":
    case "drop-after":
      if (fault.code === UNREACHABLE) {
        throw new TransportFailure("not-sent", "no connection to the endpoint", undefined, UNREACHABLE);
      }
      throw new TransportFailure("no-answer", "ECONNRESET", undefined, "ECONNRESET");
    case "hang":
    case "endless":
      await clock.sleep(10_000, signal);
      throw new TransportFailure("no-answer", "no answer within 10 s");
    case "html":
      throw new TransportFailure("not-json", "the answer is not JSON", httpStatus);
    case "malformed":
      return { httpStatus: 200, body: { RequestId: 42, LiveStreamMonitorList: {} } };
  }
  if (typeof body.Code === "string") {
    throw new TransportFailure("refusal", String(body.Message), httpStatus, body.Code, String(body.RequestId));
  }
  return { httpStatus, body };
}
