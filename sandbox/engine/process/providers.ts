import { randomUUID } from "node:crypto";
import { EngineError } from "../errors";
import { packageOf, providerUrn, typeOf } from "../urn";
import type { ResourceProvider } from "../wire/provider";
import { containsUnknown, sameValue, UNKNOWN, type Values } from "../wire/values";
import { Plugin, type StartedPlugin } from "./plugin";
import { DYNAMIC, type PluginOptions } from "./plugin-process";

/** What a default provider is given: dynamic resources the stack's whole configuration, others their own part of it. */
export function configOf(name: string, config: Values): Values {
  const own = Object.entries(config).filter(([key]) => key.startsWith(`${name}:`));
  return name === DYNAMIC ? config : Object.fromEntries(own.map(([key, value]) => [key.slice(name.length + 1), value]));
}

/**
 * The provider resources of one operation. Each represents a plugin process with its configuration, which starts when a resource
 * first needs it. They are resources too, and the engine itself manages them.
 */
export class Providers implements ResourceProvider {
  private readonly configs = new Map<string, Values>();
  private readonly running = new Map<string, StartedPlugin>();
  /** Plugins that have checked a configuration, and wait to be used with it. */
  private readonly checked = new Map<string, { started: StartedPlugin; config: Values }>();
  private isStopped = false;

  constructor(
    private readonly options: PluginOptions,
    private readonly isPreview: boolean,
  ) {}

  has(reference: string): boolean {
    return this.configs.has(reference);
  }

  /** Sets the configuration for resources with this reference. */
  use(urn: string, id: string, config: Values): void {
    const reference = `${urn}::${id}`;
    if (!this.has(reference) || !sameValue(this.configs.get(reference), config)) {
      void this.running.get(reference)?.stop();
      this.running.delete(reference);
      this.configs.set(reference, config);
    }
  }

  /** The plugin with that configuration; `undefined` in a preview in which the configuration is unknown. */
  get(reference: string): Promise<Plugin | undefined> {
    const config = this.configs.get(reference);
    if (config === undefined) {
      throw new EngineError(
        `The provider ${reference} is not in the state. Nothing more was done. Run \`sandbox up\` to declare it.`,
      );
    }
    if (containsUnknown(config)) {
      return Promise.resolve(undefined);
    }
    if (this.isStopped) {
      throw new EngineError("The operation has ended.");
    }
    const started = this.running.get(reference) ?? this.start(providerUrn(reference), config);
    this.running.set(reference, started);
    return started.plugin;
  }

  /** Ends all plugins, including those that have not answered yet. No plugin starts after that. */
  async stop(graceMs?: number): Promise<void> {
    this.isStopped = true;
    const spare = [...this.checked.values()].map(({ started }) => started);
    await Promise.all([...this.running.values(), ...spare].map((each) => each.stop(graceMs)));
  }

  /** Asks all plugins to end what they do. */
  cancel(): void {
    for (const { plugin } of this.running.values()) {
      void plugin.then((each) => each.cancel()).catch(() => {});
    }
  }

  async check(urn: string, olds: Values, news: Values) {
    if (packageOf(typeOf(urn)) === DYNAMIC || containsUnknown(news)) {
      return { inputs: news, failures: [] };
    }
    const started = this.start(urn, news);
    this.checked.set(urn, { started, config: news });
    return (await started.plugin).checkConfig(urn, olds, news);
  }

  private start(urn: string, config: Values): StartedPlugin {
    const spare = this.checked.get(urn);
    this.checked.delete(urn);
    if (spare !== undefined && sameValue(spare.config, config)) {
      return spare.started;
    }
    void spare?.started.stop();
    return Plugin.start(this.options, urn, config);
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
