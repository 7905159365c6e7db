import { setMaxListeners } from "node:events";
import { Pacer } from "../../../provider/live/pacing";
import type { Action, LiveStreamMonitor } from "../../../provider/live/types";
import { VirtualClock } from "../../support/virtual-clock";

const never = new AbortController().signal;
// All turns of a test wait on this one signal; in the provider each operation has its own.
setMaxListeners(0, never);
const LIMIT = 10;
const STOP_MS = 2_000;
const COUNT = 100;

/** An account as several processes see it: a window of one second for each action, which refused calls do not enter. */
class Window {
  readonly accepted: number[] = [];
  refused = 0;

  admit(now: number): boolean {
    const isFull = this.accepted.filter((time) => time > now - 1_000).length >= LIMIT;
    if (isFull) {
      this.refused += 1;
    } else {
      this.accepted.push(now);
    }
    return !isFull;
  }
}

interface Run {
  processes: number;
  /** How much later each begins than the one before. */
  apartMs: number;
  /** How much longer the way takes now and then. */
  jitterMs?: number;
}

/** Several processes tear 100 running sessions down each, in virtual time, as fast as their pacers let them. */
async function tearDown({ processes, apartMs, jitterMs = 20 }: Run, seed: number) {
  const clock = new VirtualClock(0, seed);
  const windows = new Map<Action, Window>();
  const listed = new Map<string, LiveStreamMonitor>();
  const call = async (pacer: Pacer, action: Action) => {
    const window = windows.get(action) ?? new Window();
    windows.set(action, window);
    for (;;) {
      await pacer.take("a", action, never);
      await clock.sleep(2 + clock.random() * jitterMs);
      if (window.admit(clock.now())) {
        return;
      }
      pacer.throttled("a", action);
    }
  };
  const times: number[] = [];
  const ends: number[] = [];
  const run = async (_each: unknown, i: number) => {
    await clock.sleep(i * apartMs);
    const pacer = new Pacer(clock);
    const began = clock.now();
    const one = async (_session: unknown, n: number) => {
      const monitor = { MonitorId: `${i}-${n}`, MonitorName: `pr-${i}`, Domain: "play.example.com", Status: 1 };
      listed.set(monitor.MonitorId, monitor);
      await call(pacer, "StopLiveStreamMonitor");
      await clock.sleep(STOP_MS);
      listed.set(monitor.MonitorId, { ...monitor, Status: 0 });
      await call(pacer, "DeleteLiveStreamMonitor");
      listed.delete(monitor.MonitorId);
    };
    const all = Array.from({ length: COUNT }, (each, n) => one(each, n));
    await Promise.all(all);
    times.push(clock.now() - began);
    ends.push(clock.now());
  };
  await clock.run(Promise.all(Array.from({ length: processes }, run)));
  const all = [...windows.values()];
  const refused = all.reduce((sum, each) => sum + each.refused, 0);
  const floor = ((processes * COUNT) / LIMIT) * 1_000 + STOP_MS;
  return {
    ratio: clock.now() / floor,
    throttled: refused / (refused + 2 * processes * COUNT),
    spread: Math.max(...times) / Math.min(...times),
    recovery: recoveryOf(all, Math.min(...ends)),
  };
}

/** Seconds from the first one's end until the rest have 90 % of the rate for a second; 0 when they end too soon for that. */
function recoveryOf(windows: Window[], firstEnd: number): number {
  const last = Math.max(...windows.flatMap(({ accepted }) => accepted));
  for (let at = firstEnd; at + 1_000 <= last; at += 100) {
    const isFast = ({ accepted }: Window) =>
      accepted.filter((time) => time >= at && time < at + 1_000).length >= 0.9 * LIMIT;
    if (windows.some(isFast)) {
      return (at + 1_000 - firstEnd) / 1_000;
    }
  }
  return last - firstEnd > 5_000 ? (last - firstEnd) / 1_000 : 0;
}

type Result = Awaited<ReturnType<typeof tearDown>>;

/** Each figure, as it is in so many parts of several runs: one run depends on chance. */
async function inMost(part: number, run: Run): Promise<Result> {
  const runs = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map((seed) => tearDown(run, seed * 7919)));
  const rank = Math.ceil(part * runs.length) - 1;
  const at = (key: keyof Result) => runs.map((each) => each[key]).sort((a, b) => a - b)[rank] as number;
  return { ratio: at("ratio"), throttled: at("throttled"), spread: at("spread"), recovery: at("recovery") };
}

const typically = (run: Run) => inMost(0.5, run);

test("alone, nothing is throttled and nothing is given away", async () => {
  const { ratio, throttled } = await typically({ processes: 1, apartMs: 0 });
  expect(throttled).toBe(0);
  expect(ratio).toBeLessThan(1.07);
});

test.each([
  [2, 0],
  [2, 5_000],
  [3, 0],
  [3, 5_000],
])("%i processes, %i ms apart, share the account by throttled calls alone", async (processes, apartMs) => {
  const { ratio, throttled, spread, recovery } = await typically({ processes, apartMs });
  expect(ratio).toBeLessThan(1.4);
  expect(throttled).toBeLessThan(0.1);
  expect(spread).toBeLessThan(2);
  expect(recovery).toBeLessThan(6);
});

test.each([
  [60, 1.35],
  [100, 1.5],
])("latency jitter of %i ms costs a few throttled calls, and not the speed", async (jitterMs, most) => {
  const { ratio, throttled } = await typically({ processes: 1, apartMs: 0, jitterMs });
  expect(throttled).toBeLessThan(0.03);
  expect(ratio).toBeLessThan(most);
});
