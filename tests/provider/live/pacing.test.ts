import * as fc from "fast-check";
import { Pacer, PUBLISHED_RATES, scaledRates } from "../../../provider/live/pacing";
import { mostWithinASecond } from "../../support/rates";
import { VirtualClock } from "../../support/virtual-clock";

const never = new AbortController().signal;
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

test("a refusal that may be our own doing keeps calls a little further apart from then on", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  await turns(clock, pacer, 20);
  pacer.throttled("a", STOP);
  // Those that were on their way with it say nothing new.
  pacer.throttled("a", STOP);
  await turns(clock, pacer, 1);
  expect(Math.round(span(await turns(clock, pacer, 11)))).toBe(1_100);
});

test("another soon after says that others are at work: it slows down, and comes back when there are no more", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  await turns(clock, pacer, 20);
  pacer.throttled("a", STOP);
  await turns(clock, pacer, 5);
  pacer.throttled("a", STOP);
  expect(span(await turns(clock, pacer, 10))).toBeGreaterThan(1_800);
  await clock.run(clock.sleep(8_000));
  // Ten distances of 104 ms; the first call may make up for 10 ms.
  expect(Math.round(span(await turns(clock, pacer, 11)))).toBe(1_030);
});

test("a refusal of few calls can only be others' doing", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  await turns(clock, pacer, 5);
  pacer.throttled("a", STOP);
  expect(span(await turns(clock, pacer, 10))).toBeGreaterThan(1_800);
});

test("refusals of our own doing do not slow it down without end", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  for (let i = 0; i < 8; i += 1) {
    await turns(clock, pacer, 30);
    pacer.throttled("a", STOP);
  }
  await clock.run(clock.sleep(10_000));
  await turns(clock, pacer, 1);
  expect(span(await turns(clock, pacer, 11))).toBeLessThan(1_400);
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

test("who keeps to half of the rate gives no half of that away", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, scaledRates(0.5));
  await turns(clock, pacer, 3);
  pacer.throttled("a", STOP);
  for (let i = 0; i < 12; i += 1) {
    pacer.sees("a", "cn-shanghai", { count: 1, callsPerSecond: 5 });
    await clock.run(clock.sleep(1_000));
  }
  // 0.92 of 5 a second; the first call may make up for 10 ms.
  expect(span(await turns(clock, pacer, 11))).toBeLessThan(2_300);
  expect(pacer.isShared("a")).toBe(true);
  expect(pacer.isShared("b")).toBe(false);
});

test("what is seen in one region does not take the place of what is seen in another", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  await turns(clock, pacer, 3);
  pacer.throttled("a", STOP);
  for (let i = 0; i < 6; i += 1) {
    pacer.sees("a", "cn-shanghai", { count: 3, callsPerSecond: 9 });
    pacer.sees("a", "ap-southeast-1", { count: 0, callsPerSecond: 0 });
    await clock.run(clock.sleep(1_000));
  }
  expect(span(await turns(clock, pacer, 6))).toBeGreaterThan(2_000);
});
