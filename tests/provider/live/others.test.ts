import { Watch } from "../../../provider/live/others";
import type { Scan } from "../../../provider/live/scan";
import type { Action } from "../../../provider/live/types";
import { stackPartOf } from "../../../provider/names";

const REGION = "cn-shanghai";

/** A list as it stood at a time: running sessions by name, stopped ones with a minus before it. */
function scan(begunAt: number, ...names: string[]): Scan {
  const monitors = names.map((text) => {
    const name = text.replace(/^-/, "");
    return [
      name,
      { MonitorId: name, MonitorName: name, Domain: "play.example.com", Status: text === name ? 1 : 0 },
    ] as const;
  });
  return { begunAt, pages: 1, monitors: new Map(monitors), unreadable: [], isWhole: true };
}

const named = (stack: string, i: number) => `shop--${stack}--wall--0000000${i}`;
const [A1, A2, A3] = [1, 2, 3].map((i) => named("pr-1", i)) as [string, string, string];
const [B1, B2] = [1, 2].map((i) => named("pr-2", i)) as [string, string];
const stopped = (...names: string[]) => names.map((name) => `-${name}`);

/** Who does the same here. */
function watching(...actions: Action[]): Watch {
  const watch = new Watch(stackPartOf);
  for (const action of actions) {
    watch.changes("ours", action);
  }
  return watch;
}

function compared(watch: Watch, ...scans: Scan[]) {
  return scans.map((each) => watch.compare(REGION, each)).at(-1);
}

/** What three lists tell whoever ends sessions. */
const seenEnding = (...scans: Scan[]) => compared(watching("StopLiveStreamMonitor"), ...scans);
const seenBeginning = (...scans: Scan[]) => compared(watching("StartLiveStreamMonitor"), ...scans);

test("whose sessions change although nobody here touched them is at work, stack by stack", () => {
  const all = [A1, A2, A3, B1, B2];
  const result = seenEnding(scan(0, ...all), scan(800, ...all), scan(2_000, ...stopped(...all)));
  expect(result).toEqual({ count: 2, callsPerSecond: 2.5 });
});

test("the calls of each action are counted for themselves", () => {
  const scans = [scan(0, A1, A2, A3, B1, B2), scan(800, A1, A2, A3), scan(1_000, ...stopped(A1, A2, A3))];
  expect(seenEnding(...scans)).toEqual({ count: 2, callsPerSecond: 3 });
});

test("who begins sessions is not in the way of those who end theirs, nor they in theirs", () => {
  const begun = [scan(0, ...stopped(A1, A2)), scan(800, ...stopped(A1, A2), B1, B2), scan(2_000, A1, A2, B1, B2)];
  expect(seenBeginning(...begun)).toEqual({ count: 2, callsPerSecond: 1 });
  expect(seenEnding(...begun)).toEqual({ count: 0, callsPerSecond: 0 });
  const ended = [scan(0, A1, A2, B1, B2), scan(800, A1, A2), scan(2_000, ...stopped(A1, A2))];
  expect(seenBeginning(...ended)).toMatchObject({ count: 0 });
  expect(compared(watching("CreateLiveStreamMonitor", "DeleteLiveStreamMonitor"), ...begun)).toMatchObject({
    count: 2,
  });
  expect(compared(watching("UpdateLiveStreamMonitor"), ...begun)).toMatchObject({ count: 0 });
});

test("what is changed here says nothing of others", () => {
  const watch = watching("DeleteLiveStreamMonitor");
  watch.changes(A1, "UpdateLiveStreamMonitor");
  watch.changes(A2, "StopLiveStreamMonitor");
  const result = compared(watch, scan(0, A1, A2), scan(800, A1, A2), scan(1_600, `-${A1}`));
  expect(result).toEqual({ count: 0, callsPerSecond: 0 });
});

test("a single change may be a person's", () => {
  expect(seenEnding(scan(0, A1, A2), scan(800, A1, A2), scan(1_600, `-${A1}`, A2))).toMatchObject({ count: 0 });
});

test("a session that one list lacks is not gone, because pages shift while they are read", () => {
  const scans = [scan(0, A1, A2), scan(800, A1, A2), scan(1_600)];
  expect(seenEnding(...scans)).toMatchObject({ count: 0 });
  expect(seenEnding(...scans, scan(2_400))).toMatchObject({ count: 1 });
});

test("a session that one list shows for the first time may be ours, and the answer to its create on its way", () => {
  const scans = [scan(0), scan(800), scan(1_600, A1, A2)];
  expect(seenBeginning(...scans)).toMatchObject({ count: 0 });
  expect(seenBeginning(...scans, scan(2_400, A1, A2))).toMatchObject({ count: 1 });
});

test("a status that no list tells is no change", () => {
  const odd = (begunAt: number) => {
    const monitors = [A1, A2].map((id) => [id, { MonitorId: id, MonitorName: id, Domain: "d", Status: Number.NaN }]);
    return { begunAt, pages: 1, monitors: new Map(monitors as never), unreadable: [], isWhole: true } satisfies Scan;
  };
  expect(seenEnding(odd(0), odd(800), odd(1_600))).toMatchObject({ count: 0 });
});

test("lists that lie too close together are not compared, and those that are no longer needed are forgotten", () => {
  const watch = watching("StopLiveStreamMonitor");
  const after = stopped(A1, A2);
  expect(compared(watch, scan(0, A1, A2), scan(300, A1, A2), scan(999, ...after))).toBeUndefined();
  expect(watch.compare(REGION, scan(1_000, ...after))).toEqual({ count: 1, callsPerSecond: 2 });
  expect(watch.compare(REGION, scan(1_300, ...after))).toEqual({ count: 1, callsPerSecond: 2 });
  // Those who have ended are no longer at work.
  expect(compared(watch, scan(1_999, ...after), scan(3_000, ...after))).toMatchObject({ count: 0 });
  for (let i = 4; i < 100; i += 1) {
    watch.compare(REGION, scan(i * 1_000));
  }
  const kept = Reflect.get(watch, "scans") as Map<string, Scan[]>;
  expect(kept.get(REGION)?.length).toBeLessThan(5);
});

test("each region's lists are compared with each other alone", () => {
  const watch = watching("StopLiveStreamMonitor");
  expect(compared(watch, scan(0, A1, A2), scan(800, A1, A2))).toBeUndefined();
  expect(watch.compare("ap-southeast-1", scan(1_600))).toBeUndefined();
  expect(watch.compare(REGION, scan(1_700, A1, A2))).toMatchObject({ count: 0 });
});

test("names that nobody made up count as one owner's", () => {
  const scans = [scan(0, "one", "two"), scan(800, "one", "two"), scan(1_600, "-one", "-two")];
  expect(seenEnding(...scans)).toMatchObject({ count: 1 });
});
