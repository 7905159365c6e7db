import type * as pulumi from "@pulumi/pulumi";
import type { SourceTransport } from "../../provider/account/source-request";
import type { PluginDependencies } from "../../provider/host/dependencies";
import { handler } from "../../provider/host/dynamic";
import type { Operation } from "../../provider/lifecycle/operation";
import type { EngineClient, EngineLine } from "../../provider/lifecycle/progress";
import { Pacer } from "../../provider/live/pacing";
import { ScriptedCloud } from "./scripted-cloud";
import { VirtualClock } from "./virtual-clock";

export const URN = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/live:StreamMonitor::wall";

/** The provider's hooks on a scripted cloud, in virtual time: what Pulumi's plugin host would call. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly cloud = new ScriptedCloud(this.clock);
  readonly lines: EngineLine[] = [];
  readonly operations = new Set<Operation>();
  readonly env: Record<string, string | undefined>;
  engineAlive = true;
  /** Whether the engine says that the stack's program runs; absent: an engine that does not say. */
  programRuns: boolean | undefined = false;
  /** Settles when the engine has taken the lines that it is sent. */
  engineTakesLines: Promise<void> = Promise.resolve();
  /** What the engine's requests say. */
  urnOf: (monitorId: string) => string | undefined = () => URN;
  hooks: pulumi.dynamic.ResourceProvider;
  /** What the stack's configuration holds, by full keys. A map: each new process asks for thousands of misspelt ones. */
  config: ReadonlyMap<string, string> = new Map();
  /** How secrets are marked in what hooks return. */
  mark: ((values: Record<string, unknown>) => Record<string, unknown>) | undefined;
  /** Answers for sources of credentials. */
  sourceTransport: SourceTransport | undefined;

  constructor(env: Record<string, string | undefined> = {}) {
    this.env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: "test-key",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "test-secret",
      ALIBABA_CLOUD_REGION: "cn-shanghai",
      ...env,
    };
    this.hooks = this.start();
  }

  /** What a plugin process on this cloud runs on. */
  get dependencies(): PluginDependencies {
    const engine: EngineClient = {
      alive: async () => this.engineAlive,
      log: (line) => {
        this.lines.push(line);
        return this.engineTakesLines;
      },
      ...(this.programRuns === undefined ? {} : { runsProgram: async () => this.programRuns === true }),
    };
    const supervisor = {
      watch: (operation: Operation) => {
        this.operations.add(operation);
        return () => this.operations.delete(operation);
      },
    };
    return {
      clock: this.clock,
      transport: this.cloud.transport,
      pacer: new Pacer(this.clock),
      env: this.env,
      engine,
      supervisor,
      urnOf: (monitorId) => this.urnOf(monitorId),
      ...(this.sourceTransport === undefined ? {} : { sourceTransport: this.sourceTransport }),
    };
  }

  /** A new plugin process on the same cloud. */
  start(): pulumi.dynamic.ResourceProvider {
    this.hooks = handler(this.dependencies, this.mark);
    const config = { get: (key: string) => this.config.get(key) } as unknown as pulumi.dynamic.Config;
    void this.hooks.configure?.({ config });
    return this.hooks;
  }

  /** Inputs as the engine would pass them on from `check`. */
  async checked(args: object, olds: object = {}): Promise<Record<string, unknown>> {
    const result = await this.hooks.check?.(olds, { __provider: "text", __urn: URN, ...args });
    if (result?.failures && result.failures.length > 0) {
      throw new Error(`check failed: ${JSON.stringify(result.failures)}`);
    }
    return (result?.inputs ?? {}) as Record<string, unknown>;
  }

  async create(args: object): Promise<{ id: string; outs: Record<string, unknown> }> {
    const inputs = await this.checked(args);
    const { id, outs } = await this.clock.run(this.hooks.create(inputs));
    return { id: id as string, outs: outs ?? {} };
  }

  read(id: string, olds: object): Promise<pulumi.dynamic.ReadResult> {
    return this.clock.run(this.hooks.read?.(id, olds) as Promise<pulumi.dynamic.ReadResult>);
  }

  /** `inputs` are the recorded ones, where a read has made them differ from the outputs. */
  async update(id: string, olds: object, args: object, inputs = olds): Promise<Record<string, unknown>> {
    const news = await this.checked(args, inputs);
    const result = await this.clock.run(this.hooks.update?.(id, olds, news) as Promise<pulumi.dynamic.UpdateResult>);
    return result.outs ?? {};
  }

  diff(id: string, olds: object, news: object): Promise<pulumi.dynamic.DiffResult> {
    return this.hooks.diff?.(id, olds, news) as Promise<pulumi.dynamic.DiffResult>;
  }

  delete(id: string, olds: object): Promise<void> {
    return this.clock.run(this.hooks.delete?.(id, olds) as Promise<void>);
  }

  get shown(): string[] {
    return this.lines.map((line) => line.text);
  }
}

/** The least that a session must be told. */
export const ARGS = {
  domain: "play.example.com",
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: "rtmp://play.example.com/app/one?auth_key=topsecret", layoutId: 1 }],
};
