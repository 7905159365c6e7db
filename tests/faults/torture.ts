import * as fc from "fast-check";
import { errorTable } from "../../provider/live/errors";
import { scripts } from "./simulation/arbitraries";
import { reachedRows } from "./simulation/reach";
import { play } from "./simulation/script";

/** Plays random fault scripts for as long as it is told: `npm run torture -- --minutes 10`. */
async function main(): Promise<void> {
  const options = parse(process.argv.slice(2));
  const end = Date.now() + options.minutes * 60_000;
  const totals = { scripts: 0, crashes: 0, calls: 0 };
  let nextReport = Date.now() + 30_000;
  for (let round = 0; Date.now() < end || round === 0; round += 1) {
    const seed = (options.seed + round) % 2 ** 31;
    const result = await fc.check(
      fc.asyncProperty(scripts(2), async (script) => {
        const { broken, calls, crashes, log } = await play(script);
        totals.scripts += 1;
        totals.calls += calls;
        totals.crashes += crashes;
        if (broken.length > 0) {
          throw new Error(`${broken.join("\n")}\n${log.join("\n")}`);
        }
      }),
      { numRuns: 250, seed, ...(options.path === undefined ? {} : { path: options.path }) },
    );
    if (result.failed) {
      print(`broken, as a minimal script:\n${JSON.stringify(result.counterexample, undefined, 1)}\n`);
      print(`${String(result.errorInstance)}\n`);
      print(`to repeat it: npm run torture -- --seed ${seed} --path ${result.counterexamplePath}\n`);
      process.exitCode = 1;
      break;
    }
    if (Date.now() > nextReport) {
      nextReport = Date.now() + 30_000;
      print(`${totals.scripts} scripts so far, seed ${seed}\n`);
    }
  }
  const missed = errorTable.filter((row) => !reachedRows().has(row));
  print(`rows of the error table that were never reached: ${missed.length === 0 ? "none" : ""}\n`);
  for (const { action, code, status = "any status" } of missed) {
    print(`  ${action} ${code} ${String(status)}\n`);
  }
  print(
    `torture: ${totals.scripts} scripts, ${totals.crashes} crashes, ${totals.calls} calls, ${process.exitCode === 1 ? "1 broken" : "0 broken"}, seeds from ${options.seed}\n`,
  );
}

function parse(args: string[]): { minutes: number; seed: number; path: string | undefined } {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const minutes = Number(value("--minutes") ?? (value("--path") === undefined ? 1 : 0));
  const seed = Number(value("--seed") ?? Date.now() % 2 ** 31);
  if (!(minutes >= 0) || !Number.isInteger(seed)) {
    throw new Error("usage: npm run torture -- [--minutes M] [--seed N [--path P]]");
  }
  return { minutes, seed, path: value("--path") };
}

function print(text: string): void {
  process.stdout.write(text);
}

void main();
