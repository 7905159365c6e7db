// The measurements. Each row is a ratio measured in one run, against the floor, or against a peer beside it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { answered, expect, RUNNING, throttled } from "./journal.mjs";
import { root, START_DELAY_MS, STOP_DELAY_MS } from "./stage.mjs";

const RATE = 10;
/** A call there and back, as it takes on loopback; it hardly counts beside a stop. */
const ROUND_TRIP_S = 0.02;
/** After this long, a rate that has not come back is a failure, not something that could not be seen. */
const LONGEST_RECOVERY_MS = 5_000;

/** What ends the work on a session. */
const LAST_CALL = { "bring-up": "StartLiveStreamMonitor", teardown: "DeleteLiveStreamMonitor" };

const seconds = (calls) => (calls.at(-1).time - calls[0].time) / 1000;

function floorOf(operation, n, parallel) {
  const delay = (operation === "teardown" ? STOP_DELAY_MS : START_DELAY_MS) / 1000;
  const byRate = n / RATE + delay;
  // With few at a time, a delete must wait for one before it.
  const byParallel = (n / parallel) * (delay + 2 * ROUND_TRIP_S);
  return Math.max(byRate, byParallel);
}

/** `bring-up` and `teardown` of n running sessions. */
export async function wholeLife(stage, n, parallel) {
  const rows = [];
  const stack = stage.stack("ours", n, RUNNING);
  for (const [row, operation] of [
    ["bring-up", "up"],
    ["teardown", "destroy"],
  ]) {
    await stack.run(operation, parallel);
    const calls = await stage.calls();
    expect(row, answered(calls, LAST_CALL[row]), n);
    const [value, floor] = [seconds(calls), floorOf(row, n, parallel)];
    rows.push({
      row,
      n,
      parallel,
      ratio: value / floor,
      value,
      unit: "s",
      floor,
      calls: calls.length / n,
      throttled: throttled(calls),
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  return rows;
}

/** Destroy of one running session: what the provider takes beyond the stop itself, from its first call to its last answer. */
export async function single(stage) {
  const stack = stage.stack("ours", 1, RUNNING);
  await stack.prepare();
  await stack.run("destroy", 1);
  const calls = await stage.calls();
  expect("single", answered(calls, LAST_CALL.teardown), 1);
  const floor = STOP_DELAY_MS / 1000;
  const value = seconds(calls) - floor;
  const row = "single: beyond its stop";
  return {
    row,
    n: 1,
    parallel: 1,
    ratio: seconds(calls) / floor,
    value,
    unit: "s",
    floor,
    calls: calls.length,
    throttled: 0,
  };
}

/** `sweep --yes` of the running sessions of one stack among those of another: from its first Stop to its last answer. */
export async function sweep(stage, n, total) {
  const others = stage.stack("ours", total - n, {}, "others");
  await others.prepare();
  const ours = stage.stack("ours", n, RUNNING, "left");
  await ours.prepare();
  const plan = join(ours.directory, "plan.json");
  const owner = ["--project", "bench", "--stack", "left"];
  await commandLine(["sweep", ...owner, "--save", plan], ours.env, 3);
  await stage.calls();
  await commandLine(["sweep", "--plan", plan, "--yes"], ours.env, 0);
  const calls = await stage.calls();
  expect("sweep", answered(calls, LAST_CALL.teardown), n);
  const began = calls.find((call) => call.action === "StopLiveStreamMonitor").time;
  const value = (calls.at(-1).time - began) / 1000;
  const floor = floorOf("teardown", n, n);
  const each = { calls: calls.length / n, throttled: throttled(calls) };
  return { row: `sweep among ${total}`, n, parallel: 32, ratio: value / floor, value, unit: "s", floor, ...each };
}

function commandLine(args, env, expected) {
  const child = spawn(process.execPath, [join(root, "cli/bin.js"), ...args], { env, stdio: "ignore" });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => (code === expected ? resolve() : reject(new Error(`${args[0]} ended with ${code}`))));
  });
}

/** The same by the peer pattern, on the same engine and cloud. */
export async function peerLife(stage, n, parallel) {
  const stack = stage.stack("peer", n);
  const peer = {};
  for (const [row, operation] of [
    ["bring-up", "up"],
    ["teardown", "destroy"],
  ]) {
    await stack.run(operation, parallel);
    const calls = await stage.calls();
    expect(`the peer's ${row}`, answered(calls, LAST_CALL[row]), n);
    peer[row] = {
      ratio: seconds(calls) / floorOf(row, n, parallel),
      value: seconds(calls),
      calls: calls.length / n,
      throttled: throttled(calls),
    };
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  return { n, parallel, peer };
}

/** Several processes tear their stacks down on one account, together or one after the other. */
export async function teardownShared(stage, processes, apartS, n = 100) {
  // One stack for each environment, as it is with those that are made for a while.
  const stacks = Array.from({ length: processes }, (_, i) => stage.stack("ours", n, RUNNING, `pr-${i + 1}`));
  for (const stack of stacks) {
    await stack.prepare();
  }
  const ends = [];
  const times = await Promise.all(
    stacks.map(async (stack, i) => {
      await new Promise((resolve) => setTimeout(resolve, i * apartS * 1000));
      const time = await stack.run("destroy", 64);
      ends.push(Date.now());
      return time;
    }),
  );
  const calls = await stage.calls();
  expect("teardown-shared", answered(calls, "DeleteLiveStreamMonitor"), processes * n);
  const value = seconds(calls);
  const floor = (processes * n) / RATE + STOP_DELAY_MS / 1000;
  const spread = Math.max(...times) / Math.min(...times);
  return {
    row: `teardown-shared, ${processes} processes${apartS > 0 ? `, ${apartS} s apart` : ", together"}`,
    n: processes * n,
    parallel: 64,
    ratio: value / floor,
    value,
    unit: "s",
    floor,
    calls: calls.length / (processes * n),
    throttled: throttled(calls) / calls.length,
    spread,
    recovery: recoveryOf(calls, ends),
  };
}

/**
 * Seconds from the end of the first process until the rest have, for a whole second, 90 % of the rate of stops or of deletes;
 * `null` when they end before it could be seen, and all the time that they went on when they never had it.
 */
function recoveryOf(calls, ends) {
  const firstEnd = Math.min(...ends);
  const last = calls.at(-1).time;
  const kinds = ["StopLiveStreamMonitor", "DeleteLiveStreamMonitor"].map((action) =>
    calls.filter((call) => call.action === action && call.httpStatus === 200 && call.time >= firstEnd),
  );
  for (let at = firstEnd; at + 1000 <= last; at += 100) {
    const within = (call) => call.time >= at && call.time < at + 1000;
    if (kinds.some((kind) => kind.filter(within).length >= 0.9 * RATE)) {
      return (at + 1000 - firstEnd) / 1000;
    }
  }
  return last - firstEnd > LONGEST_RECOVERY_MS ? (last - firstEnd) / 1000 : null;
}
