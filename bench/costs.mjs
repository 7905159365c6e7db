// What a stack costs beside what the cloud asks for: lists of a refresh, bytes, time, memory.
import { execFileSync } from "node:child_process";
import { answered, expect, RUNNING, throttled } from "./journal.mjs";

const OVERHEAD_ROUNDS = 8;

/** A refresh and a second up of n sessions. */
export async function refreshAndNoop(stage, n) {
  const stack = stage.stack("ours", n, RUNNING);
  await stack.prepare();
  const rows = [];
  const floor = Math.ceil(n / 100);
  for (const parallel of [8, 64]) {
    const value = (await stack.run("refresh", parallel)) / 1000;
    expect("monitors in the state", monitorsOf(stack).length, n);
    const calls = await stage.calls();
    if (calls.length < floor) {
      throw new Error(`a refresh of ${n} in ${calls.length} lists has not seen all`);
    }
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
  expect("monitors in the state", monitorsOf(stack).length, n);
  const calls = await stage.calls({ sts: true });
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

function monitorsOf(stack) {
  return stack.state().resources.filter((each) => each.type.endsWith("StreamMonitor"));
}

/** Bytes of a resource in the state, beside the arguments, the cloud's answers, and what any resource has. */
function stateRows(stack, n) {
  const [resource] = monitorsOf(stack);
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
  const calls = {};
  for (let round = 0; round < OVERHEAD_ROUNDS; round += 1) {
    for (const [kind, { up, destroy }] of Object.entries(times)) {
      const stack = stage.stack(kind, n, { ALICLOUD_LIVE_RATE_FACTOR: "1000" });
      up.push(await stack.run("up", 64));
      destroy.push(await stack.run("destroy", 64));
      calls[kind] = await stage.calls({ sts: true });
      for (const action of kind === "noop" ? [] : ["CreateLiveStreamMonitor", "DeleteLiveStreamMonitor"]) {
        expect(`overhead, ${kind}, ${action}`, answered(calls[kind], action), n);
      }
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
    calls: calls.ours.length / n,
    throttled: throttled(calls.ours),
  }));
}

/** The largest resident size of the plugin while it tears n down. */
export async function memory(stage, n) {
  const stack = stage.stack("ours", n, RUNNING);
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
  if (!(largest > 0)) {
    throw new Error("`ps` told nothing of the plugin's memory");
  }
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
