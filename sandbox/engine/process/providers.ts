import { randomUUID } from "node:crypto";
import { EngineError } from "../errors";
import type { ResourceProvider } from "../wire/provider";
import { containsUnknown, sameValue, UNKNOWN, type Values } from "../wire/values";
import { Plugin, type PluginOptions, type StartedPlugin } from "./plugin";

/** The one package whose resources this engine manages. */
export const PACKAGE = "pulumi-nodejs";
export const PROVIDER_TYPE = `pulumi:providers:${PACKAGE}`;

/**
 * The provider resources of one operation. Each stands for a plugin process with its configuration, which is started when a
 * resource needs it. They are resources themselves, managed by this.
 */
export class Providers implements ResourceProvider {
  private readonly configs = new Map<string, Values>();
  private readonly running = new Map<string, StartedPlugin>();
  private isStopped = false;

  constructor(
    private readonly options: PluginOptions,
    private readonly isPreview: boolean,
  ) {}

  has(reference: string): boolean {
    return this.configs.has(reference);
  }

  /** From here on, resources with this reference are managed under this configuration. */
  use(urn: string, id: string, config: Values): void {
    const reference = `${urn}::${id}`;
    if (!this.has(reference) || !sameValue(this.configs.get(reference), config)) {
      void this.running.get(reference)?.stop();
      this.running.delete(reference);
      this.configs.set(reference, config);
    }
  }

  /** The plugin with that configuration; `undefined` in a preview that cannot know the configuration yet. */
  get(reference: string): Promise<Plugin | undefined> {
    const config = this.configs.get(reference);
    if (config === undefined) {
      throw new EngineError(`The provider ${reference} is not in the state. Nothing more was done.`);
    }
    if (containsUnknown(config)) {
      return Promise.resolve(undefined);
    }
    if (this.isStopped) {
      throw new EngineError("The operation has been ended.");
    }
    const started = this.running.get(reference) ?? Plugin.start(this.options, config);
    this.running.set(reference, started);
    return started.plugin;
  }

  /** Ends all plugins, whether they have answered yet or not. None is started any more. */
  async stop(graceMs?: number): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.running.values()].map((each) => each.stop(graceMs)));
  }

  async check(_urn: string, _olds: Values, news: Values) {
    return { inputs: news, failures: [] };
  }

  async diff(_urn: string, _id: string, _oldInputs: Values, oldOutputs: Values, news: Values) {
    return { changes: !sameValue(oldOutputs, news), replaces: [], deleteBeforeReplace: false };
  }

  async create(urn: string, inputs: Values) {
    const id = this.isPreview ? UNKNOWN : randomUUID();
    this.use(urn, id, inputs);
    return { id, outputs: { ...inputs } };
  }

  async update(urn: string, id: string, _oldInputs: Values, _oldOutputs: Values, news: Values) {
    this.use(urn, id, news);
    return { ...news };
  }

  async read(_urn: string, id: string, inputs: Values, outputs: Values) {
    return { id, inputs, outputs };
  }

  async delete(): Promise<void> {}
}
