import { readFileSync, writeFileSync } from "node:fs";
import type { ListedSession } from "../../provider/lifecycle/list";
import { isObject } from "../../provider/live/types";
import { ON_DELETE, type OnDelete } from "../../provider/model/fields";
import { isAutomaticName } from "../../provider/model/names";
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
  policy: OnDelete;
}

export function writePlan(file: string, accountId: string | undefined, doomed: readonly Chosen[], nowMs: number): void {
  const sessions = doomed.map(({ session: { monitorId, name, region, startTime }, why, policy }) => ({
    ...{ monitorId, name, region, why, policy },
    ...(startTime === undefined ? {} : { startTime }),
  }));
  const plan: Plan = { version: 1, accountId, madeAt: new Date(nowMs).toISOString(), sessions };
  try {
    writeFileSync(file, `${JSON.stringify(plan, undefined, 2)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The plan could not be written to ${file} (${code}). Nothing was deleted.`);
  }
}

export function readPlan(file: string): Plan {
  let plan: Plan;
  try {
    plan = JSON.parse(readFileSync(file, "utf8")) as Plan;
  } catch {
    throw new Error(`${file} cannot be read as a plan. Nothing was done. Write one with --save.`);
  }
  if (!isObject(plan) || plan.version !== 1 || !Array.isArray(plan.sessions) || !plan.sessions.every(isPlanned)) {
    throw new Error(`${file} is not a plan that \`sweep --save\` wrote. Nothing was done.`);
  }
  return plan;
}

/** Only a session with a generated name is ever planned. */
function isPlanned(each: unknown): boolean {
  return (
    isObject(each) &&
    typeof each.monitorId === "string" &&
    typeof each.region === "string" &&
    typeof each.name === "string" &&
    isAutomaticName(each.name) &&
    ON_DELETE.some((policy) => policy === each.policy)
  );
}

export interface Changed {
  name: string;
  monitorId: string;
  how: string;
  isGone: boolean;
}

/** What of a plan can still be carried out, and what has changed since. `isGone` asks for a session that no list shows. */
export async function stillPlanned(
  plan: Plan,
  sessions: readonly ListedSession[],
  isGone: (planned: { monitorId: string; region: string }) => Promise<boolean>,
): Promise<{ doomed: Chosen[]; changed: Changed[] }> {
  const doomed: Chosen[] = [];
  const changed: Changed[] = [];
  for (const planned of plan.sessions) {
    const { monitorId, name, why, policy } = planned;
    const session = sessions.find((each) => each.monitorId === monitorId);
    const how = session && changeOf(session, planned);
    if (session !== undefined && how === undefined) {
      doomed.push({ session, why, policy });
      continue;
    }
    const gone = session === undefined && (await isGone(planned));
    changed.push({ name, monitorId, how: how ?? (gone ? "is gone" : "could not be looked for"), isGone: gone });
  }
  return { doomed, changed };
}

/** How a session differs from what the dry run showed. */
function changeOf(session: ListedSession, { name, region, startTime }: Planned): string | undefined {
  if (session.name !== name) {
    return `is named ${session.name} now`;
  }
  if (session.region !== region) {
    return `is in ${session.region} now`;
  }
  return session.startTime === startTime ? undefined : "was started since";
}
