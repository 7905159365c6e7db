import type { JournalEntry } from "../../../sandbox/cloud";
import { HUSH, type Scenario } from "./scenario";

const LIMITS: Readonly<Record<string, number>> = { DescribeLiveStreamMonitorList: 15, GetCallerIdentity: 100 };
const WRITES_PER_SECOND = 10;

/** What must hold at the end of every scenario, whatever it was about. */
export async function checkInvariants(stack: Scenario): Promise<void> {
  const { resources } = await stack.state();
  const known = new Set(resources.map((each) => each.id));
  const ours = stack.sessions.filter((each) => !stack.foreign.has(each.MonitorId));

  const unknown = ours.filter((each) => !known.has(each.MonitorId) && !stack.forgiven.has(each.MonitorId));
  expect(unknown.map((each) => `${each.MonitorName} is in the cloud, but not in the state`)).toEqual([]);

  const there = new Set(stack.sessions.map((each) => each.MonitorId));
  const lost = [...stack.foreign].filter((id) => !there.has(id) && !stack.forgiven.has(id));
  expect(lost.map((id) => `${id} was somebody else's, and is gone`)).toEqual([]);

  const names = ours.map((each) => each.MonitorName);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);

  expect(overLimit(stack.server.cloud.journal)).toEqual([]);

  const secrets = [HUSH, ...stack.server.accounts.map((account) => account.accessKeySecret)];
  const texts = [...stack.logs, await stack.engine.exportText()];
  for (const secret of secrets) {
    expect(texts.filter((text) => text.includes(secret)).map((text) => `"${secret}" was shown: ${text.slice(Math.max(0, text.indexOf(secret) - 300), text.indexOf(secret) + 50)}`)).toEqual([]);
  }
}

/** Calls that came too soon after others of their kind, account and process. */
function overLimit(journal: readonly JournalEntry[]): string[] {
  return journal.flatMap((call, i) => {
    const limit = LIMITS[call.action] ?? WRITES_PER_SECOND;
    const earlier = journal
      .slice(0, i)
      .filter((each) => each.action === call.action && each.accountId === call.accountId && each.time > call.time - 1000);
    return earlier.length >= limit ? [`${call.action} at ${call.time} is number ${earlier.length + 1} in its second`] : [];
  });
}
