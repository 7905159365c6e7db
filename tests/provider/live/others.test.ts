import { Watch } from "../../../provider/live/others";
import type { Scan } from "../../../provider/live/scan";
import { stackPartOf } from "../../../provider/names";

/** A list as it stood at a time: running sessions by name, stopped ones with a minus before it. */
function scan(begunAt: number, ...names: string[]): Scan {
  const monitors = names.map((text) => {
    const name = text.replace(/^-/, "");
    return [
      name,
      { MonitorId: name, MonitorName: name, Domain: "play.example.com", Status: text === name ? 1 : 0 },
    ] as const;
  });
  return { begunAt, pages: 1, monitors: new Map(monitors) };
}

const named = (stack: string, i: number) => `shop--${stack}--wall--0000000${i}`;
const [A1, A2, A3] = [1, 2, 3].map((i) => named("pr-1", i)) as [string, string, string];
const [B1, B2] = [1, 2].map((i) => named("pr-2", i)) as [string, string];

function compared(watch: Watch, ...scans: Scan[]) {
  return scans.map((each) => watch.compare(each)).at(-1);
}

test("whose sessions change although nobody here touched them is at work, stack by stack", () => {
  const all = [A1, A2, A3, B1, B2];
  const result = compared(
    new Watch(stackPartOf),
    scan(0, ...all),
    scan(800, ...all),
    scan(2_000, `-${A1}`, `-${A2}`, `-${A3}`, `-${B1}`, `-${B2}`),
  );
  expect(result).toEqual({ count: 2, callsPerSecond: 2.5 });
});

test("calls of a kind are counted each for itself: ended ones, and the others", () => {
  const scans = [scan(0, A1, A2, A3, B1, B2), scan(800, A1, A2, A3), scan(1_000, `-${A1}`, `-${A2}`, `-${A3}`)];
  expect(compared(new Watch(stackPartOf), ...scans)).toEqual({ count: 2, callsPerSecond: 3 });
});

test("what was changed here says nothing of others", () => {
  const watch = new Watch(stackPartOf);
  watch.changed(A1);
  watch.changed(A2);
  const result = compared(watch, scan(0, A1, A2), scan(800, A1, A2), scan(1_600, `-${A1}`));
  expect(result).toEqual({ count: 0, callsPerSecond: 0 });
});

test("a single change may be a person's", () => {
  const scans = [scan(0, A1, A2), scan(800, A1, A2), scan(1_600, `-${A1}`, A2)];
  expect(compared(new Watch(stackPartOf), ...scans)).toMatchObject({ count: 0 });
});

test("a session that one list lacks is not gone, because pages shift while they are read", () => {
  const watch = new Watch(stackPartOf);
  expect(compared(watch, scan(0, A1, A2), scan(800, A1, A2), scan(1_600))).toMatchObject({ count: 0 });
  expect(watch.compare(scan(2_400))).toMatchObject({ count: 1 });
});

test("lists that lie too close together are not compared", () => {
  const watch = new Watch(stackPartOf);
  expect(compared(watch, scan(0, A1, A2), scan(300, A1, A2), scan(999, `-${A1}`, `-${A2}`))).toBeUndefined();
  expect(watch.compare(scan(1_000, `-${A1}`, `-${A2}`))).toMatchObject({ count: 1 });
  // The first lists are forgotten as soon as later ones are old enough: those who have ended are no longer at work.
  expect(compared(watch, scan(1_999, `-${A1}`, `-${A2}`), scan(3_000, `-${A1}`, `-${A2}`))).toMatchObject({ count: 0 });
});

test("names that nobody made up count as one owner's", () => {
  const scans = [scan(0, "one", "two"), scan(800, "one", "two"), scan(1_600, "-one", "-two")];
  expect(compared(new Watch(stackPartOf), ...scans)).toMatchObject({ count: 1 });
});
