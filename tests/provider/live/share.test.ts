import { Share } from "../../../provider/live/share";
import { VirtualClock } from "../../support/virtual-clock";

const SHANGHAI = "cn-shanghai";
const nobody = { count: 0, callsPerSecond: 0 };
const busy = (count: number) => ({ count, callsPerSecond: 3 * count });

function stage() {
  const clock = new VirtualClock();
  const share = new Share(10, clock);
  const wait = (ms: number) => clock.run(clock.sleep(ms));
  /** Time passes, and every list on the way shows the same of others. */
  const see = async (seconds: number, others = nobody, region = SHANGHAI) => {
    for (let i = 0; i < seconds; i += 1) {
      share.sees(others, region);
      await wait(1_000);
    }
  };
  return { clock, share, wait, see };
}

/** A share that was refused at full speed. */
function refused() {
  const all = stage();
  all.share.refused(false);
  return all;
}

test("others alone take nothing from it: only a refusal does", async () => {
  const { share, see } = stage();
  await see(5, busy(3));
  expect(share.now()).toBe(1);
  expect(share.isShared()).toBe(false);
  share.refused(false);
  expect(share.now()).toBeLessThanOrEqual(0.4);
  expect(share.isShared()).toBe(true);
});

test("among others it becomes an equal part, from above and from below", async () => {
  const { share, see } = refused();
  share.sees(busy(3), SHANGHAI);
  await see(1, busy(3));
  expect(share.now()).toBeCloseTo(0.92 / 4);
  await see(2, busy(1));
  expect(share.now()).toBeCloseTo(0.92 / 4 + 0.16);
  await see(6, busy(1));
  expect(share.now()).toBeCloseTo(0.92 / 2);
});

test("what others do not use is taken", async () => {
  const { share, see } = refused();
  await see(10, { count: 1, callsPerSecond: 1 });
  expect(share.now()).toBeCloseTo(0.67);
});

test("of several regions, the one that shows more counts", async () => {
  const { share, see } = refused();
  share.sees(busy(3), "ap-southeast-1");
  await see(2);
  expect(share.now()).toBeCloseTo(0.92 / 4);
});

test("once the others have gone, it is soon whole again", async () => {
  const { share, see } = refused();
  await see(2, busy(1));
  await see(1);
  expect(share.now()).toBeGreaterThan(0.9);
  await see(1);
  expect(share.now()).toBe(1);
  expect(share.isShared()).toBe(false);
});

test("that none are seen says little when none were seen before: whoever refused us shows later, or in another region", async () => {
  const { share, see } = refused();
  await see(4);
  expect(share.now()).toBeCloseTo(0.48);
  await see(4);
  expect(share.now()).toBe(1);
});

test("what was seen holds for a few seconds", async () => {
  const { share, wait } = refused();
  share.sees(busy(1), SHANGHAI);
  await wait(2_900);
  expect(share.now()).toBeCloseTo(0.46);
  await wait(5_000);
  expect(share.now()).toBeGreaterThan(0.9);
});

test("who is refused although it takes no more than its part comes back slowly: there are others that it does not see", async () => {
  const { share, see } = refused();
  await see(2, busy(1));
  share.refused(false);
  expect(share.now()).toBeCloseTo(0.6 * 0.46);
  await see(4, busy(1));
  expect(share.now()).toBeCloseTo(0.6 * 0.46 + 0.08);
  await see(2, busy(1));
  expect(share.now()).toBeCloseTo(0.6 * 0.46 + 0.08 + 0.09, 1);
});

test("while others are seen, no refusal is taken for our own doing", async () => {
  const { share, see } = stage();
  await see(3, busy(1));
  share.refused(true);
  expect(share.now()).toBeLessThanOrEqual(0.4);
  expect(share.margin).toBe(1.04);
});
