import type { MonitorLifecycle } from "../../provider/lifecycle/monitor";
import { interrupted, type Operation } from "../../provider/lifecycle/operation";
import { standaloneLifecycle } from "../../provider/lifecycle/standalone";
import { onSignals } from "../signals";

/** A lifecycle for one command: the first signal ends what is under way, the second the process. */
export async function withLifecycle<T>(
  onText: (text: string) => void,
  body: (lifecycle: MonitorLifecycle, isStopped: () => boolean) => Promise<T>,
): Promise<T> {
  const active = new Set<Operation>();
  let stopped = false;
  const release = onSignals({
    stop: () => {
      stopped = true;
      for (const operation of active) {
        operation.end(interrupted("a signal"));
      }
    },
    kill: () => {},
  });
  const supervisor = {
    watch: (operation: Operation) => {
      active.add(operation);
      return () => active.delete(operation);
    },
  };
  const lifecycle = standaloneLifecycle({ ...process.env }, supervisor, ({ text, ephemeral }) => {
    if (!ephemeral) {
      onText(text);
    }
  });
  try {
    return await body(lifecycle, () => stopped);
  } finally {
    release();
  }
}
