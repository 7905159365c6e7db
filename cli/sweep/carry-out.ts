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
  try {
    await lifecycle.deleteListed(session, policy);
    return chosen;
  } catch (error) {
    return { ...chosen, error: sweepWords((error as Error).message) };
  }
}

/** An error of a delete, without what it says of a state and of Pulumi's commands. */
function sweepWords(message: string): string {
  const [what = ""] = message.split(OF_A_STATE);
  return `${what.trim()} It may run and cost money.`;
}

const OF_A_STATE = new RegExp(
  `${MAY_STILL_RUN.replace(/\\./g, "\\.")}|It runs and costs money; it stays in the state\\.| Run \`pulumi| For more time| Runbook:`,
);
