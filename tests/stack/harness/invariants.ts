import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JournalEntry } from "../../../sandbox/cloud";
import { HUSH } from "./place";
import { untilDeserted } from "./processes";
import type { Stack } from "./stack";
import type { StateResource } from "./state";

/** The published limits, and what may bunch up on the way. */
const LIMITS: Readonly<Record<string, number>> = { DescribeLiveStreamMonitorList: 15 + 4, GetCallerIdentity: 100 };
const WRITES_PER_SECOND = 10 + 3;

/** What must hold at the end of every scenario, whatever it was about. */
export async function checkInvariants(stack: Stack): Promise<void> {
  await untilDeserted(stack.place.scratch);
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

  expect(outOfOrder(resources)).toEqual([]);
  expect(overLimit(stack.server.cloud.journal)).toEqual([]);
  expect(await shownSecrets(stack)).toEqual([]);
}

/** Calls that came too soon after others of their kind and account. */
function overLimit(journal: readonly JournalEntry[]): string[] {
  return journal.flatMap((call, i) => {
    const limit = LIMITS[call.action] ?? WRITES_PER_SECOND;
    const isBefore = ({ action, accountId, time }: JournalEntry) =>
      action === call.action && accountId === call.accountId && time > call.time - 1000;
    const earlier = journal.slice(0, i).filter(isBefore);
    return earlier.length >= limit
      ? [`${call.action} at ${call.time} is number ${earlier.length + 1} in its second`]
      : [];
  });
}

/** Resources that stand in the state before something that they need: Pulumi refuses such a state. */
function outOfOrder(resources: StateResource[]): string[] {
  const before = new Set<string>();
  return resources.flatMap((resource) => {
    const { urn, parent, dependencies, provider } = resource as StateResource & {
      parent?: string;
      dependencies?: string[];
      provider?: string;
    };
    const needs = [...(dependencies ?? []), ...(parent ? [parent] : []), ...(provider ? [urnIn(provider)] : [])];
    before.add(urn);
    return needs.filter((each) => !before.has(each)).map((each) => `${urn} stands before ${each}`);
  });
}

function urnIn(provider: string): string {
  return provider.slice(0, provider.lastIndexOf("::"));
}

/** Secrets in what was said, and in what was written down outside of the project itself. */
export async function shownSecrets(stack: Stack): Promise<string[]> {
  const { server, place, logs, exports } = stack;
  const secrets = [HUSH, ...server.accounts.map((account) => account.accessKeySecret)];
  const files = filesIn(place.scratch, place.directory);
  const texts = [...logs, ...exports, ...files.map((path) => readFileSync(path, "utf8"))];
  return texts.flatMap((text) =>
    secrets
      .map((secret) => text.indexOf(secret))
      .filter((at) => at >= 0)
      .map((at) => `a secret was shown: ${text.slice(Math.max(0, at - 300), at + 50)}`),
  );
}

/** All files below a folder but not in one that is left out; links are not followed. */
function filesIn(folder: string, leftOut: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() && path !== leftOut ? filesIn(path, leftOut) : entry.isFile() ? [path] : [];
  });
}
