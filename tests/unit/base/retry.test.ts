import { retry } from "../../../provider/base/retry";
import { VirtualClock } from "../../support/virtual-clock";

const never = new AbortController().signal;

/** A clock whose chance is fixed, and the attempts that are made on it: when each came, and what it came to. */
function lab(chance: number) {
  const clock = Object.assign(new VirtualClock(0), { random: () => chance });
  const times: number[] = [];
  const failing = (failures: number) => async () => {
    times.push(clock.now());
    if (times.length <= failures) {
      throw new Error(`no ${times.length}`);
    }
    return "yes";
  };
  return { clock, times, failing };
}

/** The waits between the attempts. */
const gaps = (times: number[]) => times.slice(1).map((time, i) => time - (times[i] as number));

test.each([
  ["the shortest", 0, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]],
  ["the longest", 0.999_999, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]],
])("waits double from half a second up to ten, with chance above half: %s", async (_what, chance, waits) => {
  const { clock, times, failing } = lab(chance);
  const answer = retry(failing(7), { clock, signal: never, worth: () => true });
  expect(await clock.run(answer)).toBe("yes");
  expect(gaps(times)).toEqual(waits);
});

test("who is made to wait elsewhere does not wait here, and is told so", async () => {
  const { clock, times, failing } = lab(0.5);
  const told: [string, number][] = [];
  const isPaced = (error: unknown) => (error as Error).message === "no 1";
  const onRetry = (error: unknown, waitMs: number) => told.push([(error as Error).message, waitMs]);
  await clock.run(retry(failing(2), { clock, signal: never, worth: () => true, isPaced, onRetry }));
  expect(told).toEqual([
    ["no 1", 100],
    ["no 2", 750],
  ]);
  expect(gaps(times)).toEqual([100, 750]);
});

test("what is not worth it is thrown at once, as it is", async () => {
  const { clock, times, failing } = lab(0.5);
  const onRetry = jest.fn();
  await expect(clock.run(retry(failing(9), { clock, signal: never, worth: () => false, onRetry }))).rejects.toThrow(
    "no 1",
  );
  expect(times).toHaveLength(1);
  expect(onRetry).not.toHaveBeenCalled();
});

test("the signal ends the wait, and its reason is what is thrown", async () => {
  const { clock, times, failing } = lab(0.5);
  const controller = new AbortController();
  const reason = new Error("the deadline");
  void clock.sleep(1_000).then(() => controller.abort(reason));
  const answer = retry(failing(9), { clock, signal: controller.signal, worth: () => true });
  await expect(clock.run(answer)).rejects.toBe(reason);
  expect(clock.now()).toBe(1_000);
  expect(times.length).toBeGreaterThan(1);
});

test("an answer that came is never thrown away, even when the signal aborts as it comes", async () => {
  const { clock } = lab(0.5);
  const controller = new AbortController();
  const attempt = async () => {
    await clock.sleep(10);
    queueMicrotask(() => controller.abort(new Error("the deadline")));
    return "carried out";
  };
  const answer = retry(attempt, { clock, signal: controller.signal, worth: () => true });
  expect(await clock.run(answer)).toBe("carried out");
});
