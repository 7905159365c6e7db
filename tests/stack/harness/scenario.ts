import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type CloudServer, type JournalEntry, type Session, startCloud, type Switches } from "../../../sandbox/cloud";
import { openEngine, PASSPHRASE, type OperationName, type Place, type RunOptions, type RunResult, type StackEngine } from "./engines";
import { checkInvariants } from "./invariants";

const ROOT = resolve(__dirname, "../../..");
/** Short, so that whole stacks come and go quickly; never zero, so that waiting is really done. */
const DELAYS: Partial<Switches> = { startDelayMs: 50, stopDelayMs: 50 };

/** Stands in every secret that scenarios use; nothing but encrypted state may ever hold it. */
export const HUSH = "hush-hush";

/** A resource as the state keeps it, with its secrets still encrypted. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
  external?: boolean;
  delete?: boolean;
  [key: string]: unknown;
}

export interface State {
  resources: StateResource[];
  pending: { type: string; resource: StateResource }[];
}

let cloud: CloudServer | undefined;

/** One cloud for all scenarios of a file. */
async function sharedCloud(): Promise<CloudServer> {
  cloud ??= await startCloud({ switches: DELAYS });
  return cloud;
}

afterAll(async () => {
  await cloud?.close();
  cloud = undefined;
});

/** One stack on one engine and one cloud, and everything that a test does to them. */
export class Scenario {
  readonly logs: string[] = [];
  /** Sessions that somebody else made: the stack must leave them alone. */
  readonly foreign = new Set<string>();
  /** Sessions that a scenario leaves behind on purpose. */
  readonly forgiven = new Set<string>();
  readonly engine: StackEngine;

  constructor(
    readonly place: Place,
    readonly server: CloudServer,
  ) {
    this.engine = openEngine(place);
  }

  /** The program, as the body of a module that has `pulumi`, `StreamMonitor`, `Provider`, `args` and `exports`. */
  program(body: string): this {
    writeFileSync(join(this.place.directory, "index.js"), `${PRELUDE}${body}\n`);
    return this;
  }

  /** A program with one monitor called `wall`. */
  wall(args: object = {}, options: object = {}): this {
    return this.program(
      `const wall = new StreamMonitor("wall", { ...args, ...${JSON.stringify(args)} }, ${JSON.stringify(options)});
       exports.id = wall.id; exports.status = wall.status; exports.name = wall.monitorName; exports.url = wall.outputUrls;`,
    );
  }

  async run(operation: OperationName, options: RunOptions = {}): Promise<RunResult> {
    const result = await this.engine.run(operation, options);
    this.logs.push(result.log);
    return result;
  }

  /** Runs an operation that must go well. */
  async do(operation: OperationName, options: RunOptions = {}): Promise<string> {
    const { ok, log } = await this.run(operation, options);
    if (!ok) {
      throw new Error(`${operation} failed:\n${log}`);
    }
    return log;
  }

  /** Runs an operation that must fail. */
  async fails(operation: OperationName, options: RunOptions = {}): Promise<string> {
    const { ok, log } = await this.run(operation, options);
    if (ok) {
      throw new Error(`${operation} went well, but should have failed:\n${log}`);
    }
    return unfolded(log);
  }

  async state(): Promise<State> {
    const { deployment } = JSON.parse(await this.engine.exportText());
    return { resources: deployment.resources ?? [], pending: deployment.pending_operations ?? [] };
  }

  /** The monitors in the state. */
  async monitors(): Promise<StateResource[]> {
    return (await this.state()).resources.filter((each) => each.type.endsWith("live:StreamMonitor"));
  }

  async monitor(): Promise<StateResource> {
    const [only] = await this.monitors();
    if (only === undefined) {
      throw new Error("there is no monitor in the state");
    }
    return only;
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

  get session(): Session {
    const [only] = this.sessions;
    if (only === undefined) {
      throw new Error("there is no session in the cloud");
    }
    return only;
  }

  /** The calls made since the last time this was asked. */
  calls(): JournalEntry[] {
    const { journal } = this.server.cloud;
    const news = journal.slice(this.seenCalls);
    this.seenCalls = journal.length;
    return news;
  }
  private seenCalls = 0;

  /** The actions of those calls that change something. */
  writes(): string[] {
    return this.calls()
      .map((call) => call.action)
      .filter((action) => !action.startsWith("Describe") && !action.startsWith("Get"))
      .map((action) => action.replace("LiveStreamMonitor", ""));
  }

  /** Somebody else does something on the account. */
  act(action: "create" | "update" | "start" | "stop" | "delete", parameters: Record<string, string>): string {
    const { sessions } = this.server.cloud;
    const [account] = this.server.accounts;
    const asker = { accountId: account?.accountId ?? "", region: "cn-shanghai" };
    if (action === "create") {
      const id = sessions.create(asker, parameters);
      this.foreign.add(id);
      return id;
    }
    sessions[action](asker, parameters);
    return parameters.MonitorId ?? "";
  }
}

/** Declares a scenario: a stack in an empty project on an empty cloud, with the invariants checked at its end. */
export function scenario(name: string, body: (stack: Scenario) => Promise<void>, timeoutMs = 120_000): void {
  test(
    name,
    async () => {
      const server = await sharedCloud();
      server.cloud.reset();
      const scratch = mkdtempSync(join(tmpdir(), "stack-"));
      const stack = new Scenario(await project(scratch, server), server);
      try {
        await body(stack);
        await checkInvariants(stack);
      } finally {
        rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
      }
    },
    timeoutMs,
  );
}

async function project(scratch: string, server: CloudServer): Promise<Place> {
  const directory = mkdtempSync(join(scratch, "project-"));
  writeFileSync(join(directory, "package.json"), '{ "name": "program", "private": true, "main": "index.js" }\n');
  writeFileSync(join(directory, "Pulumi.yaml"), "name: shop\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n");
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
  const own = Object.entries(process.env).filter(([name]) => !/^(ALIBABA_CLOUD|ALICLOUD|LIVE|STS|PULUMI)_/.test(name));
  const [account] = server.accounts;
  const env = {
    ...Object.fromEntries(own),
    ALIBABA_CLOUD_ENDPOINT_LIVE: server.endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: server.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: account?.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: account?.accessKeySecret,
    ALIBABA_CLOUD_REGION: "cn-shanghai",
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
  };
  return { directory, scratch, stack: "dev", env };
}

const PRELUDE = `const pulumi = require("@pulumi/pulumi");
const { StreamMonitor, Provider } = require("pulumi-alicloud-live");
const args = {
  domain: "play.example.com",
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: "rtmp://play.example.com/app/one?auth_key=${HUSH}", layoutId: 1 }],
};
`;

/** Logs break lines and repeat prefixes; errors are looked for in one long line. */
function unfolded(log: string): string {
  return log.replace(/\s+/g, " ");
}
