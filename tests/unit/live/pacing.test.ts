import { setMaxListeners } from "node:events";
import * as fc from "fast-check";
import { Pacer, PUBLISHED_RATES, scaledRates } from "../../../provider/live/pacing";
import { mostWithinASecond } from "../../support/rates";
import { VirtualClock } from "../../support/virtual-clock";

const never = new AbortController().signal;
// All turns of a test wait on this one signal; in the provider each operation has its own.
setMaxListeners(0, never);
const STOP = "StopLiveStreamMonitor" as const;

/** Takes so many turns, and tells when each came. */
async function turns(clock: VirtualClock, pacer: Pacer, count: number, account = "a"): Promise<number[]> {
  const times: number[] = [];
  const one = () => pacer.take(account, STOP, never).then(() => times.push(clock.now()));
  await clock.run(Promise.all(Array.from({ length: count }, one)));
  return times;
}

test("the published rate is used to the full, and never crossed", async () => {
  const clock = new VirtualClock();
  const times = await turns(clock, new Pacer(clock), 100);
  expect(mostWithinASecond(times)).toBeLessThanOrEqual(10);
  expect((times.at(-1) as number) - (times[0] as number)).toBeLessThan(10_500);
});

test("actions and accounts have their own turns", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  const began = clock.now();
  await clock.run(
    Promise.all([
      pacer.take("a", STOP, never),
      pacer.take("b", STOP, never),
      pacer.take("a", "DeleteLiveStreamMonitor", never),
    ]),
  );
  expect(clock.now()).toBe(began);
});

test("first come, first served, and who leaves makes room", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  const order: string[] = [];
  const leaver = new AbortController();
  const take = (name: string, signal = never) =>
    pacer.take("a", STOP, signal).then(
      () => order.push(name),
      () => order.push(`${name} left`),
    );
  const all = [take("one"), take("two", leaver.signal), take("three")];
  leaver.abort(new Error("gone"));
  await clock.run(Promise.all(all));
  expect(order.filter((each) => !each.includes("left"))).toEqual(["one", "three"]);
  expect(order).toContain("two left");
  await expect(pacer.take("a", STOP, leaver.signal)).rejects.toThrow("gone");
});

const span = (times: number[]) => (times.at(-1) as number) - (times[0] as number);

/** How many calls a second are sent, once a turn has been taken. */
async function rate(clock: VirtualClock, pacer: Pacer): Promise<number> {
  await turns(clock, pacer, 1);
  return 5_000 / span(await turns(clock, pacer, 6));
}

test.each([
  ["one throttled call halves the rate", [0], 5],
  ["those that come with it say nothing new", [0, 100, 900], 5],
  ["one that comes later halves it again", [0, 1_500], 3],
  ["and so on, but never to nothing", [0, 1_500, 3_000, 4_500, 6_000, 7_500], 1],
])("%s", async (_what, times, expected) => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  await turns(clock, pacer, 20);
  for (const [i, time] of times.entries()) {
    await clock.run(clock.sleep(time - (times[i - 1] ?? 0)));
    pacer.throttled("a", STOP);
  }
  const measured = await rate(clock, pacer);
  expect(measured).toBeGreaterThan(expected);
  expect(measured).toBeLessThan(expected + 2.2);
});

test("the rate comes back by itself, a tenth a second", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  pacer.throttled("a", STOP);
  await clock.run(clock.sleep(5_000));
  expect(await rate(clock, pacer)).toBeGreaterThan(9);
});

test("all writes of an account share what is left, and reads have theirs", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  pacer.throttled("a", "DeleteLiveStreamMonitor");
  expect(await rate(clock, pacer)).toBeLessThan(7.5);
  pacer.throttled("b", "DescribeLiveStreamMonitorList");
  expect(span(await turns(clock, pacer, 11, "b"))).toBeLessThan(1_050);
});

test("who leaves is forgotten at once", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  pacer.throttled("a", STOP, 60_000);
  const leaver = new AbortController();
  const began = clock.now();
  const left = [1, 2, 3].map(() => pacer.take("a", STOP, leaver.signal).catch((error: Error) => error.message));
  const stays = pacer.take("a", STOP, never);
  leaver.abort(new Error("gone"));
  expect(await Promise.all(left)).toEqual(["gone", "gone", "gone"]);
  await clock.run(stays);
  expect(clock.now() - began).toBe(60_000);
});

test("the cloud's own hint is waited for", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  const began = clock.now();
  pacer.throttled("a", STOP, 7_000);
  await turns(clock, pacer, 1);
  expect(clock.now() - began).toBe(7_000);
});

test("whatever comes when, no second sees more than the rate", async () => {
  const moment = fc.record({ after: fc.integer({ min: 0, max: 400 }), refused: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { maxLength: 60 }), async (moments) => {
      const clock = new VirtualClock();
      const pacer = new Pacer(clock);
      const times: number[] = [];
      const play = async () => {
        const taken: Promise<unknown>[] = [];
        for (const { after, refused } of moments) {
          await clock.sleep(after);
          taken.push(pacer.take("a", STOP, never).then(() => times.push(clock.now())));
          if (refused) {
            pacer.throttled("a", STOP);
          }
        }
        await Promise.all(taken);
      };
      await clock.run(play());
      expect(times).toHaveLength(moments.length);
      expect(mostWithinASecond(times)).toBeLessThanOrEqual(10);
    }),
    { numRuns: 60 },
  );
});

test("all rates take one factor", () => {
  expect(scaledRates(0.5).StopLiveStreamMonitor).toBe(PUBLISHED_RATES.StopLiveStreamMonitor / 2);
});
