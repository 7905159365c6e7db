import { refused } from "./errors";
import { Plugin, type PluginOptions } from "./plugin";
import type { Values } from "./values";

/** The one package whose resources this engine can manage. */
const PACKAGE = "pulumi-nodejs";

/** The plugin processes of one operation: one for each provider resource, started when first needed. */
export class Plugins {
  private readonly running = new Map<string, Promise<Plugin>>();

  constructor(private readonly options: Omit<PluginOptions, "config">) {}

  /** The plugin for a provider resource, configured from its inputs. */
  get(providerUrn: string, inputs: Values): Promise<Plugin> {
    const known = this.running.get(providerUrn) ?? Plugin.start({ ...this.options, config: inputs });
    this.running.set(providerUrn, known);
    return known;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((plugin) => plugin.then((each) => each.stop()).catch(() => {})));
  }

  kill(): void {
    for (const plugin of this.running.values()) {
      plugin.then((each) => each.kill()).catch(() => {});
    }
  }
}

export function isProviderType(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

/** Refuses resources of any other provider, by its name. */
export function requireDynamic(type: string): void {
  const name = isProviderType(type) ? type.slice("pulumi:providers:".length) : (type.split(":")[0] ?? "");
  if (name !== PACKAGE) {
    throw refused(`resources of the provider "${name}" (only dynamic ones)`);
  }
}

/** The URN in a reference to a provider: `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.split("::").slice(0, -1).join("::");
}

export function defaultProviderUrn(stack: string, project: string): string {
  return `urn:pulumi:${stack}::${project}::pulumi:providers:${PACKAGE}::default`;
}
