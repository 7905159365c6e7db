import { rateFactor } from "../account/config";
import { systemClock } from "../base/clock";
import { once } from "../base/objects";
import type { LifecycleDependencies } from "../lifecycle/monitor";
import { type EngineClient, noEngine } from "../lifecycle/progress";
import { Pacer, scaledRates } from "../live/pacing";
import { sdkTransport } from "../live/transport";
import { engineClient } from "./engine-client";
import { RequestUrns } from "./request-urns";
import { Shutdown } from "./shutdown";

/** What the hooks run on. A test brings its own; a plugin process has exactly one. */
export interface PluginDependencies extends LifecycleDependencies {
  env: Readonly<Record<string, string | undefined>>;
  /** The URN that the engine's last request for this session named, if known. */
  urnOf?(monitorId: string): string | undefined;
  /** Ends all operations, because Pulumi asks for it; it still records what they answer. */
  stop?(): void;
  /** Works for the engine at this address: a plugin that a debugger has started is told it only then. */
  attach?(address: string): void;
}

/** Made at the first use, and shared by all resources of the process: limits hold for an account, not for a resource. */
export const pluginDependencies = once((): PluginDependencies => {
  const clock = systemClock;
  // A copy: each access to the real one is a system call, and a resource makes dozens.
  const env = { ...process.env };
  let client = engineClient(process.argv[2]);
  const engine: EngineClient = {
    alive: () => client.alive(),
    log: (line) => client.log(line),
    runsProgram: () => client.runsProgram?.() ?? Promise.resolve(true),
  };
  const pacer = new Pacer(clock, scaledRates(rateFactor(env)));
  const supervisor = new Shutdown(engine, clock);
  const requests = RequestUrns.of(require.main?.filename);
  const attach = (address: string) => {
    client = engineClient(address);
    void supervisor.attend();
  };
  if (client !== noEngine) {
    void supervisor.attend();
  }
  return {
    clock,
    pacer,
    transport: sdkTransport,
    env,
    engine,
    supervisor,
    urnOf: (id) => requests.urnOf(id),
    stop: () => supervisor.stop(),
    attach,
  };
});
