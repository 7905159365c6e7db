import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../../provider/base/duration";
import type { MonitorLifecycle } from "../../provider/lifecycle/monitor";
import { onDeletePolicy } from "../../provider/lifecycle/policies";
import { LONGEST_TTL_MS } from "../../provider/model/expiry";
import type { OnDelete } from "../../provider/model/fields";
import { jsonText, plain } from "../display/text";
import { parseParallel, parseRegions } from "../options";
import { withLifecycle } from "../sweep/account";
import { carryOut, type Outcome } from "../sweep/carry-out";
import { type Changed, type Plan, readPlan, stillPlanned, writePlan } from "../sweep/plan-file";
import { type Found, findSessions, regionsFor } from "../sweep/regions";
import { type Chosen, type Selection, select } from "../sweep/selection";
import { readStateFile, type StateFile } from "../sweep/state-file";
import { ageOf, columns, shownAge } from "../sweep/table";
import { shownSession } from "./list";

interface Options {
  region?: string[];
  project?: string;
  stack?: string;
  olderThan?: number;
  expired?: boolean;
  state?: string[];
  idle?: boolean;
  save?: string;
  plan?: string;
  yes?: boolean;
  json?: boolean;
  parallel?: number;
}

const AFTER = `
Examples:
  pulumi-alicloud-live sweep --project shop --stack pr-42
  pulumi-alicloud-live sweep --project shop --stack pr-42 --save plan.json
  pulumi-alicloud-live sweep --plan plan.json --yes
  pulumi-alicloud-live sweep --state state.json --yes
  pulumi-alicloud-live sweep --expired --yes

Without --yes it only shows what it would delete. Only sessions with a generated
name are ever deleted. --project and --stack alone delete only together with
--state, or by --plan.

A --state spares the sessions that its resources hold. It also selects those of
its pending creates: creates that were cut off, once they cannot run any more.
The state of a stack must be newer than its last up.

A session is stopped first (the environment variable ALICLOUD_LIVE_ON_DELETE
changes that). A session that never started has no age: --older-than does not
select it. Credentials and endpoint come from the environment.

Ctrl-C ends it: what was begun may be stopped and not deleted. Run it again.

Exit codes: 0 nothing is left, 1 it failed, 2 wrong command line, 3 something
would be deleted or is left, or a region could not be read.`;

/** `sweep`: deletes what was left behind. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
    .description("delete sessions that were left behind (shows them only, without --yes)")
    .option("--region <region...>", "regions to read (default: the documented ones, those of the states)", parseRegions)
    .option("--project <name>", "only sessions of this project (with --stack)")
    .option("-s, --stack <name>", "only sessions of this stack (with --project)")
    .option("--older-than <duration>", 'only sessions that were started longer ago, as in "4h"', durationOption)
    .option("--expired", "only sessions whose `ttl` is over (default: off)")
    .option("--state <file...>", "files of `pulumi stack export` or `sandbox export`: spares what they hold")
    .option("--idle", "no `up` of these stacks runs now: their pending creates count at once")
    .option("--save <file>", "write what would be deleted to a plan file")
    .option("--plan <file>", "delete what a plan file names, and nothing else (with --yes)")
    .option("-y, --yes", "delete (default: only show)")
    .option("-p, --parallel <number>", "sessions to work on at the same time (default: 32)", parseParallel)
    .option("-j, --json", "print one JSON object on stdout at the end (default: text)")
    .addHelpText("after", AFTER)
    .action(() => sweep(command.opts<Options>(), command));
  return command;
}

function durationOption(text: string): number {
  const ms = parseDuration(text, LONGEST_TTL_MS);
  if (ms === undefined) {
    throw new InvalidArgumentError('It must be a duration such as "90m", "4h" or "72h".');
  }
  return ms;
}

async function sweep(options: Options, command: Command): Promise<void> {
  const wrong = wrongUse(options);
  if (wrong !== undefined) {
    command.error(`error: ${wrong} Nothing was done.`, { exitCode: 2 });
  }
  const states = (options.state ?? []).map(readStateFile);
  const plan = options.plan === undefined ? undefined : readPlan(options.plan);
  expectOwn(states, options);
  const policy = onDeletePolicy({}, process.env);
  const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${plain(text)}\n`);
  await withLifecycle(say, async (lifecycle) => {
    const regions = regionsFor(
      options.region ?? regionsOf(plan),
      states.flatMap(({ regions }) => [...regions]),
      process.env,
    );
    const found = await findSessions(lifecycle, regions, options.region !== undefined);
    say(`account ${found.accountId ?? "(not checked)"}, regions ${regions.join(", ")}`);
    expectAccount(found.accountId, states);
    const selection = await selected(found, plan, states, policy, options, lifecycle);
    tell(selection, say);
    if (options.save !== undefined) {
      writePlan(options.save, found.accountId, selection.doomed, Date.now());
      say(`The plan is in ${options.save}. Carry it out with --plan ${options.save} --yes.`);
    }
    const outcomes = options.yes ? await deleted(lifecycle, selection.doomed, options.parallel ?? 32, say) : undefined;
    conclude(found, selection, outcomes, options, say);
  });
}

function wrongUse(options: Options): string | undefined {
  const { project, stack, olderThan, expired, state, idle, plan, yes, save, region } = options;
  const isOwner = project !== undefined && stack !== undefined;
  if (project === "" || stack === "" || stack?.includes("/")) {
    return "--project and --stack must be plain names, and not empty.";
  }
  if ((project === undefined) !== (stack === undefined)) {
    return "--project and --stack belong together.";
  }
  if (idle && state === undefined) {
    return "--idle says something of the pending creates in a --state: give one.";
  }
  if (plan !== undefined) {
    const isAlone = [project, olderThan, expired, state, save, region].every((each) => each === undefined);
    return !isAlone ? "--plan names what to delete: give no other choice." : yes ? undefined : "--plan needs --yes.";
  }
  if (!isOwner && olderThan === undefined && !expired && state === undefined) {
    return "Say what to look for: --project and --stack, --older-than, --expired, --state or --plan.";
  }
  return isOwner && yes && state === undefined && olderThan === undefined && !expired
    ? "With --yes, --project and --stack need --state, so that what the stack still has is spared; or save a plan with --save, look at it, and carry it out with --plan."
    : undefined;
}

/** A state of another account says nothing of the sessions of this one. */
function expectAccount(accountId: string | undefined, states: readonly StateFile[]): void {
  const other = states.find(({ accounts }) => accountId !== undefined && accounts.size > 0 && !accounts.has(accountId));
  if (other !== undefined) {
    throw new Error(
      `The state in ${other.file} has sessions of account ${[...other.accounts].join(", ")}, but the credentials are of account ${accountId}. Nothing was done.`,
    );
  }
}

/** Before any call: a state of another stack would spare nothing. */
function expectOwn(states: readonly StateFile[], { project, stack }: Options): void {
  const other = states.find((state) => project !== undefined && (state.project !== project || state.stack !== stack));
  if (other !== undefined) {
    throw new Error(
      `The state in ${other.file} is that of ${other.project}/${other.stack}, not of ${project}/${stack}. Nothing was done.`,
    );
  }
}

function regionsOf(plan: Plan | undefined): string[] | undefined {
  // An empty plan is carried out, too: the account is asked for, and nothing is left.
  return plan === undefined || plan.sessions.length === 0
    ? undefined
    : [...new Set(plan.sessions.map(({ region }) => region))];
}

interface Sweep extends Selection {
  changed: Changed[];
}

async function selected(
  found: Found,
  plan: Plan | undefined,
  states: readonly StateFile[],
  policy: OnDelete,
  options: Options,
  lifecycle: MonitorLifecycle,
): Promise<Sweep> {
  if (plan === undefined) {
    const { project, stack, olderThan: olderThanMs, expired, idle: isIdle } = options;
    const owner = project === undefined || stack === undefined ? undefined : { project, stack };
    return {
      ...select(found.sessions, { owner, olderThanMs, expired, states, isIdle, policy, nowMs: Date.now() }),
      changed: [],
    };
  }
  if (plan.accountId !== found.accountId) {
    throw new Error(
      `The plan is for account ${plan.accountId}, but the credentials are of account ${found.accountId}. Nothing was done.`,
    );
  }
  const isGone = async ({ monitorId, region }: { monitorId: string; region: string }) =>
    !found.failures.some((each) => each.region === region) &&
    (await lifecycle.read(monitorId, { region }, undefined)) === undefined;
  return { ...(await stillPlanned(plan, found.sessions, isGone)), spared: [], undecided: [], notes: [] };
}

function tell({ doomed, spared, undecided, changed, notes }: Sweep, say: (text: string) => void): void {
  const nowMs = Date.now();
  const rows = (what: string, chosen: readonly Chosen[]) =>
    chosen.map(({ session, why, policy }) => {
      const mark = session.status === "stopped" ? " " : "*";
      const cells = [what, mark, shownAge(ageOf(session, nowMs)), session.name];
      return { cells, below: [session.monitorId, `${why}${what === "delete" ? ` (onDelete: ${policy})` : ""}`] };
    });
  const all = [...rows("delete", doomed), ...rows("keep", spared), ...rows("left", undecided)];
  say(all.length === 0 ? "No session matches: there is nothing to delete." : columns(all).trimEnd());
  for (const { name, monitorId, how } of changed) {
    say(`${name} (${monitorId}) ${how}, so it is left out.`);
  }
  for (const note of notes) {
    say(note);
  }
}

function deleted(
  lifecycle: MonitorLifecycle,
  doomed: readonly Chosen[],
  parallel: number,
  say: (text: string) => void,
): Promise<Outcome[]> {
  let done = 0;
  return carryOut(lifecycle, doomed, parallel, ({ session, error }) => {
    done += 1;
    const { name, monitorId } = session;
    say(
      `[${done}/${doomed.length}] ${name} (${monitorId}) ${error === undefined ? "is deleted" : `is left: ${error}`}`,
    );
  });
}

function conclude(
  { accountId, failures, unreadable }: Found,
  { doomed, spared, undecided, changed, notes }: Sweep,
  outcomes: readonly Outcome[] | undefined,
  { json }: Options,
  say: (text: string) => void,
): void {
  const isLeft = outcomes === undefined ? doomed.length > 0 : outcomes.some(({ error }) => error !== undefined);
  for (const { region, message } of failures) {
    say(`${region} could not be read: ${message}`);
  }
  if (outcomes !== undefined && isLeft) {
    say("What is left may run and cost money. Run the command again; see docs/runbook.md#left-behind.");
  }
  if (outcomes === undefined && doomed.length > 0) {
    say("Nothing was deleted: that needs --yes.");
  }
  const isOpen = [undecided, failures, notes].some(({ length }) => length > 0) || changed.some(({ isGone }) => !isGone);
  process.exitCode = isLeft || isOpen ? 3 : (process.exitCode ?? 0);
  if (json) {
    const shown = ({ session, ...rest }: Chosen | Outcome) => ({ ...shownSession(session), ...rest });
    const report = {
      ...{ accountId, isDryRun: outcomes === undefined, exitCode: process.exitCode },
      ...{ delete: (outcomes ?? doomed).map(shown), keep: spared.map(shown), left: undecided.map(shown) },
      ...{ changed, notes, unreadRegions: failures, unreadable },
    };
    process.stdout.write(`${jsonText(report)}\n`);
  }
}
