// npm run bench [-- --json]: prints one table. Every row is measured in this run, on emulated clouds of its own.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { memory, overhead, refreshAndNoop } from "./costs.mjs";
import { peerLife, single, sweep, teardownShared, wholeLife } from "./rows.mjs";
import { STOP_DELAY_MS, Stage } from "./stage.mjs";
import { start } from "./start.mjs";

const USAGE = `usage: npm run bench [-- --only=ROWS], npm run -s bench -- --json [--only=ROWS]

Prints one table of what was measured in this run, about 8 minutes on a quiet machine; progress goes to stderr.

  --json        nothing but JSON on stdout (without -s, npm writes two lines of its own before it)
  --only=ROWS   only the rows whose group begins so: refresh, single, start, overhead, memory, teardown, peer, sweep, shared
  --help        this text
`;
const say = (text) => process.stderr.write(`${text}\n`);

/** Rows that wait most of the time run side by side; those that measure work run alone. */
const WAITING = [
  ["teardown 300", (stage) => wholeLife(stage, 300, 8)],
  ["peer", (stage) => peerLife(stage, 100, 64)],
  ["peer", (stage) => peerLife(stage, 100, 8)],
  ["teardown 300", (stage) => wholeLife(stage, 300, 64)],
  ["teardown 100", (stage) => wholeLife(stage, 100, 8)],
  ["teardown 100", (stage) => wholeLife(stage, 100, 64)],
  ["teardown 20", (stage) => wholeLife(stage, 20, 64)],
  ["teardown 20", (stage) => wholeLife(stage, 20, 8)],
  ["sweep", (stage) => sweep(stage, 40, 300)],
  ["shared", (stage) => teardownShared(stage, 2, 0)],
  ["shared", (stage) => teardownShared(stage, 2, 5)],
  ["shared", (stage) => teardownShared(stage, 3, 0)],
  ["shared", (stage) => teardownShared(stage, 3, 5)],
];
const WORKING = [
  ["refresh", (stage) => refreshAndNoop(stage, 300)],
  ["single", single],
  ["start", start],
  ["overhead", (stage) => overhead(stage, 300)],
  ["memory", (stage) => memory(stage, 300)],
  ["memory", (stage) => memory(stage, 1000)],
];

const { json: asJson, only } = argumentsOrUsage();
const rows = [];
const failures = [];
await inLanes(WORKING, 1);
await inLanes(WAITING, 3);
const table = withPeers(rows);
if (asJson) {
  process.stdout.write(`${JSON.stringify(table, undefined, 1)}\n`);
} else {
  print(table);
}
for (const failure of failures) {
  say(`not measured: ${failure}`);
}
process.exitCode = failures.length > 0 ? 1 : 0;

function argumentsOrUsage() {
  const options = { json: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean", short: "h" } };
  try {
    const { values } = parseArgs({ options });
    const groups = [...WAITING, ...WORKING].map(([name]) => name);
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    if (values.only !== undefined && !groups.some((name) => name.startsWith(values.only))) {
      throw new Error(`there are no rows "${values.only}"`);
    }
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function inLanes(jobs, lanes) {
  const queue = jobs.filter(([name]) => only === undefined || name.startsWith(only));
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const [name, measure] = job;
      const stage = await Stage.open();
      try {
        const measured = [await measure(stage)].flat();
        rows.push(...measured);
        for (const { row = "peer", n, parallel, ratio, value, unit } of measured) {
          say(
            `measured ${row}, n ${n}, parallel ${parallel ?? "-"}: ${value?.toFixed(1) ?? ""} ${unit ?? ""}, ratio ${ratio?.toFixed(2) ?? "-"}`,
          );
        }
      } catch (error) {
        failures.push(`${name}: ${error.message}`);
      } finally {
        stage.close();
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
}

/** Puts the peer's figures beside ours. */
function withPeers(list) {
  const peers = list.filter((each) => each.peer !== undefined && each.row === undefined);
  return list
    .filter((each) => each.row !== undefined)
    .map((each) => {
      const beside = peers.find((peer) => peer.n === each.n && peer.parallel === each.parallel)?.peer[each.row];
      return { spread: null, recovery: null, ...each, peer: beside ?? null };
    });
}

function print(list) {
  console.log(
    `stopDelayMs ${STOP_DELAY_MS}, other switches at their defaults; ${cpus().length} cores, Node ${process.version}\n`,
  );
  const shown = (value, digits = 2) => (typeof value === "number" ? value.toFixed(digits) : "");
  console.table(
    list.map((each) => ({
      row: each.row,
      n: each.n,
      parallel: each.parallel ?? "",
      ratio: shown(each.ratio),
      value: `${shown(each.value, 1)} ${each.unit}`,
      floor: shown(each.floor, 1),
      "calls each": shown(each.calls),
      throttled: shown(each.throttled, each.throttled < 1 ? 3 : 0),
      spread: shown(each.spread),
      recovery: shown(each.recovery),
      "peer's ratio": shown(each.peer?.ratio),
      "peer's throttled": shown(each.peer?.throttled, 0),
    })),
  );
}
