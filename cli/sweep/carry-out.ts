import { MAY_STILL_RUN } from "../../provider/base/errors";
import type { MonitorLifecycle } from "../../provider/lifecycle/monitor";
import type { Chosen } from "./selection";

export interface Outcome extends Chosen {
  /** Why it is left; absent: it is gone. */
  error?: string;
}

/** Deletes sessions as a destroy does: the same code, speed limit, deadline and proof that a session is gone. */
export async function carryOut(
  lifecycle: MonitorLifecycle,
  doomed: readonly Chosen[],
  parallel: number,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = [...doomed];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const outcome = await one(lifecycle, next);
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}

async function one(lifecycle: MonitorLifecycle, chosen: Chosen): Promise<Outcome> {
  const { session, policy } = chosen;
  const { monitorId, name, record } = session;
  try {
    await lifecycle.delete(monitorId, { ...record, monitorName: name, onDelete: policy }, undefined);
    return chosen;
  } catch (error) {
    // The rest of the message is for a Pulumi command.
    const [what = ""] = (error as Error).message.split(MAY_STILL_RUN);
    return { ...chosen, error: what.trim() };
  }
}
