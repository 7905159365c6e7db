import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudServer, FaultRule, JournalEntry, Session, Switches } from "../../../sandbox/cloud";
import { until } from "../../support/until";
import type { Face, OperationName, Place, Running, RunOptions, RunResult, StackEngine } from "./engine";
import { type Milestone, milestone } from "./likeness";
import { HUSH, writeConfig } from "./place";
import { untilDeserted } from "./processes";
import { openState, type State, type StateResource } from "./state";

/** Fields of a session, in the API's words. */
export type Fields = Record<string, string>;

/** One stack on one engine and one cloud, and everything that a test does to them. */
export class Stack<Engine extends StackEngine = StackEngine> {
  readonly logs: string[] = [];
  readonly milestones: Milestone[] = [];
  /** The state after each operation, as it is stored. */
  readonly exports: string[] = [];
  /** Sessions that somebody else made: the stack must leave them alone. */
  readonly foreign = new Set<string>();
  /** Sessions that a scenario leaves behind on purpose. */
  readonly forgiven = new Set<string>();
  private seenCalls = 0;
  /** Resources by the ids and names of their sessions, as the state knew them after some operation. */
  private readonly owners = new Map<string, string>();

  constructor(
    readonly place: Place,
    readonly server: CloudServer,
    readonly engine: Engine,
  ) {}

  /** The program, as the body of a module that has `pulumi`, `StreamMonitor`, `Provider`, `args` and `exports`. */
  program(body: string): this {
    writeFileSync(join(this.place.directory, "index.js"), `${prelude(this.place.face)}${body}\n`);
    return this;
  }

  /** A program with one monitor called `wall`. */
  wall(args: object = {}, options: object = {}): this {
    return this.program(
      `const wall = new StreamMonitor("wall", { ...args, ...${JSON.stringify(args)} }, ${JSON.stringify(options)});
       exports.id = wall.id; exports.status = wall.status; exports.name = wall.monitorName; exports.url = wall.outputUrls;`,
    );
  }

  /** A program with a monitor for each of these names; `opts` among their arguments are resource options. */
  walls(walls: Record<string, object>): this {
    const all = Object.entries(walls);
    return this.program(
      all
        .map(([name, own]) => {
          const { opts = {}, ...args } = own as { opts?: object };
          return `new StreamMonitor("${name}", { ...args, ...${JSON.stringify(args)} }, ${JSON.stringify(opts)});`;
        })
        .join("\n"),
    );
  }

  async run(operation: OperationName, options: RunOptions = {}): Promise<RunResult> {
    const { journal } = this.server.cloud;
    const before = journal.length;
    const result = await this.engine.run(operation, options);
    this.logs.push(result.log, ...result.progress);
    await this.keep(operation, result, before);
    return result;
  }

  /** Runs an operation that must go well. */
  async do(operation: OperationName, options: RunOptions = {}): Promise<string> {
    const { ok, log, progress } = await this.run(operation, options);
    if (!ok) {
      throw new Error(`${operation} failed:\n${log}`);
    }
    return unfolded([log, ...progress].join("\n"));
  }

  /** Runs an operation that must fail. */
  async fails(operation: OperationName, options: RunOptions = {}): Promise<string> {
    const { ok, log } = await this.run(operation, options);
    if (ok) {
      throw new Error(`${operation} went well, but should have failed:\n${log}`);
    }
    return unfolded(log);
  }

  /** Starts an operation in a process of its own, to be interrupted or killed. */
  async start(operation: OperationName, options: RunOptions = {}): Promise<Running> {
    const before = this.server.cloud.journal.length;
    const running = await this.engine.start(operation, options);
    const done = running.done.then(async (result) => {
      this.logs.push(result.log);
      await untilDeserted(this.place.scratch);
      await this.engine.unlock();
      // How it went says nothing: one Ctrl-C ends the CLI with success, the sandbox without.
      await this.keep(operation, { ok: false, steps: [] }, before);
      return result;
    });
    return { ...running, done };
  }

  /** Puts on record what an operation came to. */
  private async keep(operation: OperationName, result: Pick<RunResult, "ok" | "steps">, before: number): Promise<void> {
    const text = await this.engine.exportText();
    this.exports.push(text);
    const state = openState(text);
    for (const { urn, id = "", outputs } of state.resources.filter(isMonitor)) {
      this.owners.set(id, nameOf(urn)).set(String(outputs?.monitorName), nameOf(urn));
    }
    const writes = this.byResource(this.server.cloud.journal.slice(before));
    this.milestones.push(milestone(operation, result, writes, state));
  }

  /** The state, with its secrets opened: each stands as `{ secret: value }`. */
  async state(): Promise<State> {
    return openState(await this.engine.exportText());
  }

  /** The monitors in the state. */
  async monitors(): Promise<StateResource[]> {
    return (await this.state()).resources.filter(isMonitor);
  }

  /** The one monitor in the state, or the one of that name. */
  async monitor(name = ""): Promise<StateResource> {
    const found = (await this.monitors()).find((each) => each.urn.endsWith(name === "" ? "" : `::${name}`));
    if (found === undefined) {
      throw new Error(`there is no monitor ${name} in the state`);
    }
    return found;
  }

  /** What the state says of a monitor, without what an engine adds for itself. */
  async record(name = ""): Promise<Pick<StateResource, "id" | "inputs" | "outputs">> {
    const { id = "", inputs = {}, outputs = {} } = await this.monitor(name);
    return { id, inputs, outputs };
  }

  /** How the state holds a list of inputs: with the dynamic face it is secret as a whole, with the plugin only its URLs are. */
  inputs(list: readonly { inputUrl: string }[]): unknown {
    const withSecretUrl = (each: { inputUrl: string }) => ({ ...each, inputUrl: { secret: each.inputUrl } });
    return this.place.face === "dynamic" ? { secret: list } : list.map(withSecretUrl);
  }

  /** Changes the state by hand. */
  async edit(change: (resource: StateResource) => void): Promise<void> {
    const file = JSON.parse(await this.engine.exportText());
    for (const resource of file.deployment.resources ?? []) {
      change(resource);
    }
    await this.engine.importText(JSON.stringify(file));
  }

  get sessions(): Session[] {
    return this.server.cloud.sessions.all();
  }

  /** The one session in the cloud, or the one that belongs to the resource of that name. */
  get session(): Session {
    return this.sessionOf("");
  }

  sessionOf(resource: string): Session {
    const isIts = ({ MonitorId }: Session) => resource === "" || this.owners.get(MonitorId) === resource;
    const found = this.sessions.find(isIts);
    if (found === undefined) {
      throw new Error(`there is no session ${resource} in the cloud`);
    }
    return found;
  }

  /** The calls made since the last time this was asked. */
  calls(): JournalEntry[] {
    const { journal } = this.server.cloud;
    const news = journal.slice(this.seenCalls);
    this.seenCalls = journal.length;
    return news;
  }

  /** The actions of those calls that change something. */
  writes(): string[] {
    return writesIn(this.calls());
  }

  /** The same, by the resources that they were made for. */
  writesByResource(): Record<string, string[]> {
    return this.byResource(this.calls());
  }

  byResource(calls: readonly JournalEntry[]): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const call of calls) {
      const owner = this.owners.get(call.MonitorId) ?? this.owners.get(call.MonitorName) ?? "nobody";
      for (const write of writesIn([call])) {
        found[owner] = [...(found[owner] ?? []), write];
      }
    }
    return found;
  }

  /** Waits until a call of this kind has been answered since the last time `calls` was asked. */
  untilCalled(action: string): Promise<void> {
    const isSo = () => this.server.cloud.journal.slice(this.seenCalls).some((call) => call.action.startsWith(action));
    return until(`${action} is called`, isSo);
  }

  /** Waits until the cloud shows the session of a resource as running (1) or not (0). */
  untilStatus(resource: string, status: 0 | 1): Promise<void> {
    return until(`${resource} has status ${status}`, () => this.sessionOf(resource).Status === status);
  }

  /** The stack's configuration; `pulumi config set --secret` for the keys that are named. */
  config(values: Record<string, string>, secrets: string[] = []): void {
    writeConfig(this.place, values, secrets);
  }

  set(switches: Partial<Switches>): void {
    this.server.cloud.setSwitches(switches);
  }

  fault(...rules: FaultRule[]): void {
    this.server.cloud.setFaults(rules);
  }

  /** Somebody else does something on the account. */
  act(action: "create" | "update" | "start" | "stop" | "delete", parameters: Fields): string {
    const { sessions } = this.server.cloud;
    const [account] = this.server.accounts;
    const { region = "cn-shanghai" } = sessions.get(parameters.MonitorId ?? "") ?? {};
    const asker = { accountId: account?.accountId ?? "", region };
    if (action === "create") {
      const id = sessions.create(asker, parameters);
      this.foreign.add(id);
      return id;
    }
    sessions[action](asker, parameters);
    return parameters.MonitorId ?? "";
  }
}

const prelude = (face: Face) => `const pulumi = require("@pulumi/pulumi");
const { StreamMonitor, Provider } = require("pulumi-alicloud-live${face === "plugin" ? "/plugin" : ""}");
const args = {
  domain: "play.example.com",
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: "rtmp://play.example.com/app/one?auth_key=${HUSH}", layoutId: 1 }],
};
`;

function isMonitor({ type }: StateResource): boolean {
  return /live:(index:)?StreamMonitor$/.test(type);
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function writesIn(calls: readonly JournalEntry[]): string[] {
  return calls
    .map((call) => call.action)
    .filter((action) => !action.startsWith("Describe") && !action.startsWith("Get"))
    .map((action) => action.replace("LiveStreamMonitor", ""));
}

/** Logs break lines and repeat prefixes; what they say is looked for in one long line. */
function unfolded(log: string): string {
  return log.replace(/\s+/g, " ");
}
