import { rateFactor } from "../account/config";
import { systemClock } from "../base/clock";
import { Pacer, scaledRates } from "../live/pacing";
import { sdkTransport } from "../live/transport";
import { MonitorLifecycle } from "./monitor";
import type { Supervisor } from "./operation";
import type { EngineLine } from "./progress";

type Env = Readonly<Record<string, string | undefined>>;

/** The lifecycle for a process without an engine, such as the command line: settings come from the environment alone. */
export function standaloneLifecycle(
  env: Env,
  supervisor: Supervisor,
  onLine: (line: EngineLine) => void = () => {},
): MonitorLifecycle {
  const engine = {
    alive: async () => true,
    log: async (line: EngineLine) => onLine(line),
    runsProgram: async () => false,
  };
  const pacer = new Pacer(systemClock, scaledRates(rateFactor(env)));
  return new MonitorLifecycle(
    { config: () => undefined, env, isCommand: true },
    { clock: systemClock, pacer, transport: sdkTransport, engine, supervisor },
  );
}
