// The measurements. Each row is a ratio measured in one run, against the floor, or against a peer beside it.
import { execFileSync } from "node:child_process";
import { START_DELAY_MS, STOP_DELAY_MS } from "./stage.mjs";

const RATE = 10;
/** A call there and back, as it takes on loopback; it hardly counts beside a stop. */
const ROUND_TRIP_S = 0.02;
const OVERHEAD_ROUNDS = 6;
const RUNNING = { BENCH_RUNNING: "1" };

const seconds = (calls) => (calls.at(-1).time - calls[0].time) / 1000;
const throttled = (calls) => calls.filter((call) => call.code.startsWith("Throttling")).length;

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
  const stacks = Array.from({ length: processes }, () => stage.stack("ours", n, RUNNING));
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
 * `null` when they end before it could be seen.
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
  return last - firstEnd > 6000 ? (last - firstEnd) / 1000 : null;
}

/** A refresh and a second up of n sessions. */
export async function refreshAndNoop(stage, n) {
  const stack = stage.stack("ours", n, RUNNING);
  await stack.prepare();
  const rows = [];
  const floor = Math.ceil(n / 100);
  for (const parallel of [8, 64]) {
    const value = (await stack.run("refresh", parallel)) / 1000;
    const calls = await stage.calls();
    rows.push({
      row: "refresh",
      n,
      parallel,
      ratio: calls.length / floor,
      value,
      unit: "s",
      floor,
      calls: calls.length,
      throttled: throttled(calls),
    });
  }
  const value = (await stack.run("up", 64)) / 1000;
  const calls = await stage.calls();
  rows.push({
    row: "noop",
    n,
    parallel: 64,
    ratio: calls.length,
    value,
    unit: "s",
    floor: 0,
    calls: calls.length,
    throttled: 0,
  });
  rows.push(...stateRows(stack, n));
  return rows;
}

/** Bytes of a resource in the state, beside the arguments, the cloud's answers, and what any resource has. */
function stateRows(stack, n) {
  const resource = stack.state().resources.find((each) => each.type.endsWith("StreamMonitor"));
  const own = ["__provider", "__urn", "__auto", "seal", "endpoint"];
  const bytes = (values) =>
    own.reduce(
      (sum, key) => sum + (values?.[key] === undefined ? 0 : JSON.stringify({ [key]: values[key] }).length),
      0,
    );
  const value = bytes(resource.inputs) + bytes(resource.outputs);
  const text = resource.inputs.__provider.length;
  return [
    {
      row: "state",
      n,
      parallel: null,
      ratio: value / 1000,
      value,
      unit: "bytes",
      floor: null,
      calls: null,
      throttled: null,
    },
    {
      row: "state: the text",
      n,
      parallel: null,
      ratio: text / 400,
      value: text,
      unit: "bytes",
      floor: null,
      calls: null,
      throttled: null,
    },
  ];
}

/**
 * Up and destroy of n with no limits, against a resource that does nothing, and against a serialized one. In turns, and the
 * shortest of each: whatever else the machine does only adds to a time.
 */
export async function overhead(stage, n) {
  await stage.ask("switches", { qps: 1000 });
  const times = { ours: { up: [], destroy: [] }, noop: { up: [], destroy: [] }, serialized: { up: [], destroy: [] } };
  for (let round = 0; round < OVERHEAD_ROUNDS; round += 1) {
    for (const [kind, { up, destroy }] of Object.entries(times)) {
      const stack = stage.stack(kind, n, { ALICLOUD_LIVE_RATE_FACTOR: "1000" });
      up.push(await stack.run("up", 64));
      destroy.push(await stack.run("destroy", 64));
    }
  }
  const shortest = ({ up, destroy }) => (Math.min(...up) + Math.min(...destroy)) / 1000;
  const best = Object.fromEntries(Object.entries(times).map(([kind, list]) => [kind, shortest(list)]));
  return ["noop", "serialized"].map((kind) => ({
    row: `overhead, against ${kind === "noop" ? "a no-op resource" : "pulumi.dynamic.Resource"}`,
    n,
    parallel: 64,
    ratio: best.ours / best[kind],
    value: best.ours,
    unit: "s",
    floor: best[kind],
    calls: null,
    throttled: null,
  }));
}

/** The largest resident size of the plugin while it tears n down. */
export async function memory(stage, n) {
  const stack = stage.stack("ours", n);
  await stack.prepare();
  await stage.ask("switches", { qps: 1000 });
  let largest = 0;
  let timer;
  await stack.run("destroy", 64, { ALICLOUD_LIVE_RATE_FACTOR: "100" }, (child) => {
    timer = setInterval(() => {
      largest = Math.max(largest, residentOfChildren(child.pid));
    }, 200);
  });
  clearInterval(timer);
  return {
    row: "memory",
    n,
    parallel: 64,
    ratio: null,
    value: largest,
    unit: "MiB",
    floor: null,
    calls: null,
    throttled: null,
  };
}

function residentOfChildren(pid) {
  try {
    const list = execFileSync("ps", ["-o", "rss=", "--ppid", String(pid)], { encoding: "utf8" });
    return Math.max(0, ...list.trim().split(/\s+/).map(Number)) / 1024;
  } catch {
    return 0;
  }
}
