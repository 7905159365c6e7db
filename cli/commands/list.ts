import { Command } from "commander";
import { redact } from "../../provider/base/redact";
import type { ListedSession } from "../../provider/lifecycle/list";
import { isNameOfStack } from "../../provider/model/names";
import { jsonText } from "../display/text";
import { parseRegions } from "../options";
import { withLifecycle } from "../sweep/account";
import { type Found, findSessions, regionsFor } from "../sweep/regions";
import { ageOf, byAge, columns, shownAge, shownOwner } from "../sweep/table";

interface Options {
  region?: string[];
  project?: string;
  stack?: string;
  json?: boolean;
}

const AFTER = `
Examples:
  pulumi-alicloud-live list
  pulumi-alicloud-live list --project shop --stack pr-42 --json

A running session is marked with *. Its age counts from its last start; ? means
that it never started: the cloud does not tell when a session was created.
Credentials, region and endpoint come from the environment
(ALIBABA_CLOUD_ACCESS_KEY_ID and others).

Exit codes: 0 all regions were read, 1 it failed, 2 wrong command line,
3 a region could not be read.`;

/** `list`: the account's sessions, without any URL. */
export function listCommand(): Command {
  const command = new Command("list")
    .description("show the account's sessions: owner, status, age")
    .option(
      "--region <region...>",
      "regions to read (default: the documented ones, and that of the environment)",
      parseRegions,
    )
    .option("--project <name>", "only sessions of this project (with --stack)")
    .option("-s, --stack <name>", "only sessions of this stack (with --project)")
    .option("-j, --json", "print a JSON object (default: a table)")
    .addHelpText("after", AFTER)
    .action(() => show(command.opts<Options>(), command));
  return command;
}

async function show({ region, project, stack, json }: Options, command: Command): Promise<void> {
  if ((project === undefined) !== (stack === undefined)) {
    command.error("error: --project and --stack belong together. Nothing was done.", { exitCode: 2 });
  }
  const found = await withLifecycle(
    (text) => process.stderr.write(`${text}\n`),
    (lifecycle) => findSessions(lifecycle, regionsFor(region, [], process.env), region !== undefined),
  );
  const owner = project === undefined || stack === undefined ? undefined : { project, stack };
  const sessions = found.sessions.filter(({ name }) => owner === undefined || isNameOfStack(owner, name));
  const nowMs = Date.now();
  process.stdout.write(json ? `${jsonText(asJson(found, sessions, nowMs))}\n` : asTable(found, sessions, nowMs));
  for (const { region: failed, message } of found.failures) {
    process.stderr.write(`error: ${failed} could not be read: ${message}\n`);
  }
  process.exitCode = found.failures.length > 0 ? 3 : (process.exitCode ?? 0);
}

function asTable(found: Found, sessions: readonly ListedSession[], nowMs: number): string {
  const head = `account ${found.accountId ?? "(not checked)"}: ${sessions.length} session${sessions.length === 1 ? "" : "s"}\n`;
  const rows = byAge(sessions, nowMs).map((session) => ({
    cells: [
      session.status === "stopped" ? " " : "*",
      shownAge(ageOf(session, nowMs)),
      session.status,
      session.region,
      shownOwner(session),
    ],
    below: [`${session.monitorId}  ${redact(session.name)}`],
  }));
  const titles = {
    cells: [" ", "AGE", "STATUS", "REGION", "OWNER"],
    below: ["ID                                    NAME"],
  };
  return sessions.length === 0 ? head : head + columns([titles, ...rows]);
}

function asJson(found: Found, sessions: readonly ListedSession[], nowMs: number): object {
  return {
    accountId: found.accountId,
    sessions: byAge(sessions, nowMs).map((session) => ({
      ...shownSession(session),
      ageSeconds: secondsOf(session, nowMs),
    })),
    unreadable: found.unreadable,
    unreadRegions: found.failures,
  };
}

function secondsOf(session: ListedSession, nowMs: number): number | null {
  const age = ageOf(session, nowMs);
  return age === undefined ? null : Math.floor(age / 1000);
}

/** A session for scripts. */
export function shownSession({ record: _record, expiresAt, name, ...session }: ListedSession): object {
  return {
    ...session,
    name: redact(name),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
}
