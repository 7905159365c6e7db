import { ON_DELETE_VARIABLE } from "../../provider/account/config";
import type { OperationAborted } from "../../provider/base/errors";
import type { MonitorLifecycle } from "../../provider/lifecycle/monitor";
import { interrupted, type Operation } from "../../provider/lifecycle/operation";
import { standaloneLifecycle } from "../../provider/lifecycle/standalone";
import { onSignals } from "../signals";

/** A lifecycle for one command: the first signal ends what is under way, the second the process. */
export async function withLifecycle<T>(
  onText: (text: string) => void,
  body: (lifecycle: MonitorLifecycle) => Promise<T>,
): Promise<T> {
  const active = new Set<Operation>();
  /** Set by the first signal: what begins after it ends at once, too. */
  let ending: OperationAborted | undefined;
  const release = onSignals({
    stop: () => {
      ending = interrupted("a signal");
      for (const operation of active) {
        operation.end(ending);
      }
    },
    kill: () => {},
  });
  const supervisor = {
    watch: (operation: Operation) => {
      if (ending !== undefined) {
        operation.end(ending);
      }
      active.add(operation);
      return () => active.delete(operation);
    },
  };
  const lifecycle = standaloneLifecycle(environment(), supervisor, ({ text, ephemeral }) => {
    if (!ephemeral) {
      onText(text);
    }
  });
  try {
    return await body(lifecycle);
  } finally {
    release();
  }
}

/** The policy of each delete is given with it, so the variable, which beats all others, must not change it. */
function environment(): Record<string, string | undefined> {
  return { ...process.env, [ON_DELETE_VARIABLE]: undefined };
}
