import * as fc from "fast-check";
import { errorTable } from "../../provider/live/errors";
import { scripts } from "./simulation/arbitraries";
import { type Part, productParts } from "./simulation/product";
import { reachedRows } from "./simulation/reach";
import { play, type Report, type Script } from "./simulation/script";

const USAGE = "usage: npm run torture -- [--minutes M] [--seed N [--path P]] | --script JSON";
/** How many scripts are played of the one kind before it is the other's turn. */
const TURN = 250;
const REPORT_MS = 30_000;

const totals = { scripts: 0, crashes: 0, calls: 0 };

/**
 * Plays fault scripts for as long as it is told: `npm run torture -- --minutes 10`. Random ones, with up to two switches moved,
 * take turns with the product of all faults, calls, operations, crashes and single settings, which takes about an hour in all.
 */
async function main(): Promise<void> {
  const { minutes, seed, path, script } = parse(process.argv.slice(2));
  if (script !== undefined) {
    await mustHold(script).catch(giveUp);
    return finish(seed);
  }
  const parts = productParts(seed);
  const all = parts.length;
  const end = Date.now() + minutes * 60_000;
  let nextReport = Date.now() + REPORT_MS;
  for (let round = 0; (Date.now() < end || round === 0) && process.exitCode === undefined; round += 1) {
    await playRandom((seed + round) % 2 ** 31, path);
    if (minutes > 0) {
      await playProduct(parts).catch(giveUp);
    }
    if (Date.now() > nextReport) {
      nextReport = Date.now() + REPORT_MS;
      print(
        `${totals.scripts} scripts so far, ${all - parts.length} of ${all} parts of all combinations, seed ${seed + round}`,
      );
    }
  }
  print(
    `of all combinations of faults, crashes and settings, in ${all} parts, ${all - parts.length} were played; a longer run plays more`,
  );
  finish(seed);
}

async function playRandom(seed: number, path: string | undefined): Promise<void> {
  const property = fc.asyncProperty(scripts(2), async (script) => {
    await mustHold(script);
  });
  const result = await fc.check(property, { numRuns: TURN, seed, ...(path === undefined ? {} : { path }) });
  if (result.failed) {
    giveUp(result.errorInstance);
    print(`to repeat it: npm run torture -- --seed ${seed} --path ${result.counterexamplePath}`);
  }
}

/** Twice as many as of the random ones, of the part that is under way; what is played to its end is taken off the list. */
async function playProduct(parts: Part[]): Promise<void> {
  let last = { crashes: 0 };
  for (let played = 0; played < 2 * TURN; ) {
    const next = parts[0]?.next(last);
    if (next === undefined) {
      return;
    }
    if (next.done) {
      parts.shift();
    } else {
      last = await mustHold(next.value);
      played += 1;
    }
  }
}

class Broken extends Error {}

async function mustHold(script: Script): Promise<Report> {
  const report = await play(script);
  totals.scripts += 1;
  totals.calls += report.calls;
  totals.crashes += report.crashes;
  if (report.broken.length > 0) {
    throw new Broken(`${[...report.broken, ...report.log].join("\n")}\n--script '${JSON.stringify(script)}'`);
  }
  return report;
}

function giveUp(error: unknown): void {
  process.exitCode = 1;
  print(error instanceof Broken ? `broken:\n${error.message}` : String(error instanceof Error ? error.stack : error));
}

function finish(seed: number): void {
  const missed = errorTable.filter((row) => !reachedRows().has(row));
  print(`rows of the error table that were never reached: ${missed.length === 0 ? "none" : ""}`);
  for (const { action, code, status = "any status" } of missed) {
    print(`  ${action} ${code} ${String(status)}`);
  }
  const { scripts, crashes, calls } = totals;
  const verdict = process.exitCode === 1 ? "1 broken" : "0 broken";
  print(`torture: ${scripts} scripts, ${crashes} crashes, ${calls} calls, ${verdict}, seeds from ${seed}`);
}

interface Options {
  minutes: number;
  seed: number;
  path: string | undefined;
  script: Script | undefined;
}

function parse(args: string[]): Options {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const minutes = Number(value("--minutes") ?? (value("--path") === undefined ? 1 : 0));
  const seed = Number(value("--seed") ?? Date.now() % 2 ** 31);
  const script = value("--script");
  if (!(minutes >= 0) || !Number.isInteger(seed)) {
    throw new Error(USAGE);
  }
  return { minutes, seed, path: value("--path"), script: script === undefined ? undefined : JSON.parse(script) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
