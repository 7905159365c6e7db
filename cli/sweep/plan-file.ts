import { readFileSync, writeFileSync } from "node:fs";
import type { ListedSession } from "../../provider/lifecycle/list";
import type { Chosen } from "./selection";

/** What a dry run showed. It holds no URL and nothing secret. */
export interface Plan {
  version: 1;
  accountId: string | undefined;
  madeAt: string;
  sessions: Planned[];
}

interface Planned {
  monitorId: string;
  name: string;
  region: string;
  startTime?: string;
  why: string;
  policy: string;
}

export function writePlan(file: string, accountId: string | undefined, doomed: readonly Chosen[], nowMs: number): void {
  const sessions = doomed.map(({ session: { monitorId, name, region, startTime }, why, policy }) => ({
    ...{ monitorId, name, region, why, policy },
    ...(startTime === undefined ? {} : { startTime }),
  }));
  const plan: Plan = { version: 1, accountId, madeAt: new Date(nowMs).toISOString(), sessions };
  writeFileSync(file, `${JSON.stringify(plan, undefined, 2)}\n`);
}

export function readPlan(file: string): Plan {
  let plan: Plan;
  try {
    plan = JSON.parse(readFileSync(file, "utf8")) as Plan;
  } catch {
    throw new Error(`${file} cannot be read as a plan. Nothing was done. Write one with --save.`);
  }
  const isPlanned = (each: Partial<Planned>) =>
    [each.monitorId, each.name, each.region, each.policy].every((part) => typeof part === "string");
  if (plan?.version !== 1 || !Array.isArray(plan.sessions) || !plan.sessions.every(isPlanned)) {
    throw new Error(`${file} is not a plan that \`sweep --save\` wrote. Nothing was done.`);
  }
  return plan;
}

/** What of a plan can still be carried out, and what has changed since. */
export function stillPlanned(
  plan: Plan,
  sessions: readonly ListedSession[],
): { doomed: Chosen[]; changed: { name: string; monitorId: string; how: string }[] } {
  const doomed: Chosen[] = [];
  const changed: { name: string; monitorId: string; how: string }[] = [];
  for (const { monitorId, name, why, policy, startTime } of plan.sessions) {
    const session = sessions.find((each) => each.monitorId === monitorId);
    const how =
      session === undefined
        ? "is gone"
        : session.name !== name
          ? `is named ${session.name} now`
          : session.startTime !== startTime
            ? "was started since"
            : undefined;
    if (session !== undefined && how === undefined) {
      doomed.push({ session, why, policy });
    } else {
      changed.push({ name, monitorId, how: how ?? "is gone" });
    }
  }
  return { doomed, changed };
}
