import { Pacer } from "../../../provider/live/pacing";
import type { Action } from "../../../provider/live/types";
import { VirtualClock } from "../../support/virtual-clock";

const never = new AbortController().signal;
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

/** Several processes tear 100 running sessions down each, in virtual time, as fast as their pacers let them. */
async function tearDown(processes: number, apartMs: number, seed: number, jitterMs = 20) {
  const clock = new VirtualClock(0, seed);
  const windows = new Map<Action, Window>();
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
  const run = async (_each: unknown, i: number) => {
    await clock.sleep(i * apartMs);
    const pacer = new Pacer(clock);
    const began = clock.now();
    const one = async () => {
      await call(pacer, "StopLiveStreamMonitor");
      await clock.sleep(STOP_MS);
      await call(pacer, "DeleteLiveStreamMonitor");
    };
    await Promise.all(Array.from({ length: COUNT }, one));
    times.push(clock.now() - began);
  };
  await clock.run(Promise.all(Array.from({ length: processes }, run)));
  const all = [...windows.values()];
  const refused = all.reduce((sum, each) => sum + each.refused, 0);
  const floor = ((processes * COUNT) / LIMIT) * 1_000 + STOP_MS;
  return {
    ratio: clock.now() / floor,
    throttled: refused / (refused + 2 * processes * COUNT),
    spread: Math.max(...times) / Math.min(...times),
  };
}

/** The middle of several: one run depends on chance. */
async function typical(processes: number, apartMs: number, jitterMs?: number) {
  const runs = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((seed) => tearDown(processes, apartMs, seed * 7919, jitterMs)),
  );
  const middle = (key: "ratio" | "throttled" | "spread") =>
    runs.map((each) => each[key]).sort((a, b) => a - b)[4] as number;
  return { ratio: middle("ratio"), throttled: middle("throttled"), spread: middle("spread") };
}

test("alone, nothing is refused and nothing is given away", async () => {
  const { ratio, throttled } = await typical(1, 0);
  expect(throttled).toBe(0);
  expect(ratio).toBeLessThan(1.07);
});

test.each([
  [2, 0],
  [2, 5_000],
  [3, 0],
  [3, 5_000],
])("%i processes, %i ms apart, find their shares with few refusals", async (processes, apartMs) => {
  const { ratio, throttled, spread } = await typical(processes, apartMs);
  expect(throttled).toBeLessThan(0.06);
  expect(ratio).toBeLessThan(1.4);
  expect(spread).toBeLessThan(1.8);
});

test.each([
  [60, 1.2],
  [100, 1.25],
  [200, 1.5],
])(
  "a way that takes up to %i ms longer now and then costs a few refusals, and not the speed",
  async (jitterMs, most) => {
    const { ratio, throttled } = await typical(1, 0, jitterMs);
    expect(throttled).toBeLessThan(0.02);
    expect(ratio).toBeLessThan(most);
  },
);
