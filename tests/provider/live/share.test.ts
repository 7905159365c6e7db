import { Share } from "../../../provider/live/share";
import { VirtualClock } from "../../support/virtual-clock";

const SHANGHAI = "cn-shanghai";
const nobody = { count: 0, callsPerSecond: 0 };
const busy = (count: number) => ({ count, callsPerSecond: 3 * count });

function stage(full = 10, limit = 10) {
  const clock = new VirtualClock();
  const share = new Share(full, limit, clock);
  const wait = (ms: number) => clock.run(clock.sleep(ms));
  /** Time passes, and every list on the way shows the same of others. */
  const see = async (seconds: number, others = nobody, region = SHANGHAI) => {
    for (let i = 0; i < seconds; i += 1) {
      share.sees(others, region);
      await wait(1_000);
    }
  };
  return { share, wait, see };
}

/** A share that was refused at full speed. */
function refused(full?: number, limit?: number) {
  const all = stage(full, limit);
  all.share.refused(false);
  return all;
}

test("others alone take nothing from it: only a refusal does", async () => {
  const { share, see } = stage();
  await see(5, busy(3));
  expect(share.now()).toBe(1);
  expect(share.isShared()).toBe(false);
  share.refused(false);
  expect(share.now()).toBeLessThanOrEqual(0.35);
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

test("who keeps below the account's limit leaves that to others already", async () => {
  const { share, see } = refused(5, 10);
  await see(10, busy(1));
  expect(share.now()).toBeCloseTo(0.92);
  await see(10, busy(2));
  expect(share.now()).toBeCloseTo((0.92 * 10) / 3 / 5);
  await see(20, nobody);
  expect(share.now()).toBe(1);
});

test("what others do not use is taken", async () => {
  const { share, see } = refused();
  await see(10, { count: 1, callsPerSecond: 1 });
  expect(share.now()).toBeCloseTo(0.67);
});

test("of several regions, those that show more count", async () => {
  const { share, see } = refused();
  share.sees({ count: 3, callsPerSecond: 1 }, "ap-southeast-1");
  await see(4, { count: 1, callsPerSecond: 3 });
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
  expect(share.now()).toBeCloseTo(0.43);
  await see(4);
  expect(share.now()).toBe(1);
});

test("others who were there before a further refusal may still be there, though no list shows them at once", async () => {
  const { share, see } = refused();
  await see(2, busy(1));
  share.refused(false);
  await see(1);
  expect(share.now()).toBeLessThan(0.35);
});

test("what is seen now says nothing of the time before", async () => {
  const { share, wait } = refused();
  await wait(2_000);
  share.sees(busy(1), SHANGHAI);
  expect(share.now()).toBeCloseTo(0.39);
});

test("what was seen holds for some seconds; then time decides, slowly and fast", async () => {
  const { share, wait } = refused();
  share.sees(busy(3), SHANGHAI);
  await wait(4_900);
  expect(share.now()).toBeCloseTo(0.23);
  share.refused(false);
  await wait(3_000);
  expect(share.now()).toBeCloseTo(0.6 * 0.23 + 0.06);
  await wait(6_000);
  expect(share.now()).toBeGreaterThan(0.9);
});

test("however often it is refused, something is left", async () => {
  const { share, wait } = stage();
  for (let i = 0; i < 20; i += 1) {
    share.refused(false);
    await wait(1_000);
  }
  expect(share.now()).toBeGreaterThanOrEqual(0.05);
});

test("who is refused although it takes no more than its part comes back slowly: there are others that it does not see", async () => {
  const { share, see } = refused();
  await see(2, busy(1));
  share.refused(false);
  expect(share.now()).toBeCloseTo(0.6 * 0.46);
  await see(3, busy(1));
  expect(share.now()).toBeCloseTo(0.6 * 0.46 + 0.06);
  await see(4, busy(1));
  expect(share.now()).toBeCloseTo(0.46);
});

test("while others are seen, no refusal is taken for our own doing", async () => {
  const { share, see } = stage();
  await see(3, busy(1));
  expect(share.refused(true)).toBe(false);
  expect(share.now()).toBeLessThanOrEqual(0.35);
  expect(share.margin).toBe(1.04);
});

test("a refusal that may be our own doing is told to be that, and those that come with it", () => {
  const { share } = stage();
  expect(share.refused(true)).toBe(true);
  expect(share.refused(true)).toBe(true);
  expect(share.now()).toBe(1);
});
