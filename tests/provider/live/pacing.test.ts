import * as fc from "fast-check";
import { Pacer, PUBLISHED_RATES, scaledRates } from "../../../provider/live/pacing";
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

const mostWithinASecond = (times: number[]) =>
  Math.max(...times.map((time) => times.filter((each) => each >= time && each < time + 1000).length));

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

test("a refusal slows it down; without another it comes back", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  await turns(clock, pacer, 20);
  pacer.throttled("a", STOP);
  const slower = await turns(clock, pacer, 10);
  expect((slower.at(-1) as number) - (slower[0] as number)).toBeGreaterThan(1_200);
  await clock.run(clock.sleep(8_000));
  const again = await turns(clock, pacer, 11);
  expect((again.at(-1) as number) - (again[0] as number)).toBeLessThan(1_100);
});

test("the cloud's own hint is waited for", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  const began = clock.now();
  pacer.throttled("a", STOP, 7_000);
  await turns(clock, pacer, 1);
  expect(clock.now() - began).toBeGreaterThanOrEqual(7_000);
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
      expect(times.length === 0 ? 0 : mostWithinASecond(times)).toBeLessThanOrEqual(10);
    }),
    { numRuns: 60 },
  );
});

test("all rates take one factor", () => {
  expect(scaledRates(0.5).StopLiveStreamMonitor).toBe(PUBLISHED_RATES.StopLiveStreamMonitor / 2);
});
