import type { CallContext, LiveClient } from "../../../provider/live/client";
import { LiveError } from "../../../provider/live/errors";
import { Roster } from "../../../provider/live/roster";
import type { LiveStreamMonitor, MonitorList } from "../../../provider/live/types";
import { VirtualClock } from "../../support/virtual-clock";

type Query = Parameters<LiveClient["list"]>[0];

function context(signal = new AbortController().signal): CallContext {
  return { signal, beforeWrite: async () => {}, observe: () => {} };
}

/** A list of so many sessions, and what was asked of it. */
function stage(count: number, answer?: (query: Query) => MonitorList | undefined) {
  const clock = new VirtualClock();
  const queries: Query[] = [];
  const all: LiveStreamMonitor[] = Array.from({ length: count }, (_, i) => ({
    MonitorId: `m${i}`,
    MonitorName: `name ${i}`,
    Domain: "play.example.com",
    Status: 1,
  }));
  const list = async (query: Query): Promise<MonitorList> => {
    queries.push(query);
    await clock.sleep(50);
    const special = answer?.(query);
    if (special !== undefined) {
      return special;
    }
    const found =
      "monitorId" in query
        ? all.filter((each) => each.MonitorId === query.monitorId)
        : all.slice((query.page - 1) * query.size, query.page * query.size);
    return { RequestId: "r", Total: "monitorId" in query ? found.length : all.length, LiveStreamMonitorList: found };
  };
  return { clock, queries, roster: new Roster({ list }, clock) };
}

test("many questions share one list, whatever their number", async () => {
  const { clock, queries, roster } = stage(250);
  const asked = Array.from({ length: 250 }, (_, i) => roster.look(`m${i}`, context()));
  const seen = await clock.run(Promise.all(asked));
  expect(seen.map((each) => each?.MonitorId)).toEqual(Array.from({ length: 250 }, (_, i) => `m${i}`));
  expect(queries).toEqual([1, 2, 3].map((page) => ({ page, size: 100 })));
});

test("one question is asked by its id", async () => {
  const { clock, queries, roster } = stage(250);
  expect((await clock.run(roster.look("m7", context())))?.MonitorId).toBe("m7");
  expect(queries).toEqual([{ monitorId: "m7" }]);
});

test("a session that the list does not show is asked for by its id", async () => {
  const { clock, queries, roster } = stage(3, (query) =>
    "page" in query ? { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } : undefined,
  );
  const seen = await clock.run(Promise.all([roster.look("m1", context()), roster.look("m2", context())]));
  expect(seen.map((each) => each?.MonitorId)).toEqual(["m1", "m2"]);
  expect(queries.slice(1)).toEqual([{ monitorId: "m1" }, { monitorId: "m2" }]);
});

test("an answer may be as old as the asker allows, and no older", async () => {
  const { clock, queries, roster } = stage(3);
  await clock.run(roster.look("m1", context(), 5_000));
  await clock.run(roster.look("m2", context(), 5_000));
  expect(queries).toHaveLength(1);
  await clock.run(roster.look("m2", context()));
  expect(queries).toHaveLength(2);
  await clock.run(clock.sleep(6_000));
  await clock.run(roster.look("m2", context(), 5_000));
  expect(queries).toHaveLength(3);
});

test("a page that is too large for the cloud is made smaller, once for all", async () => {
  const { clock, queries, roster } = stage(30, (query) => {
    if ("page" in query && query.size > 20) {
      throw new LiveError({
        action: "DescribeLiveStreamMonitorList",
        code: "InvalidParameter.Malformed",
        httpStatus: 400,
        message: "PageSize",
      });
    }
    return undefined;
  });
  expect((await clock.run(roster.all(context()))).monitors.size).toBe(30);
  await clock.run(roster.all(context()));
  expect(queries.map((query) => ("size" in query ? query.size : 0))).toEqual([100, 50, 20, 20, 20, 20]);
});

test("a list that repeats itself for ever is left after one round", async () => {
  const same = { RequestId: "r", LiveStreamMonitorList: [{ MonitorId: "m0", MonitorName: "", Domain: "", Status: 0 }] };
  const { clock, queries, roster } = stage(0, () => same);
  await clock.run(roster.all(context()));
  expect(queries).toHaveLength(2);
});

test("a shared call lasts while anybody still waits for it", async () => {
  const { clock, roster } = stage(3);
  const leaver = new AbortController();
  const left = roster.look("m1", context(leaver.signal));
  const stays = roster.look("m2", context());
  leaver.abort(new Error("left"));
  const results = await clock.run(Promise.allSettled([left, stays]));
  expect(results.map((each) => each.status)).toEqual(["rejected", "fulfilled"]);
});

test("a failure of the list fails everyone who waits for it", async () => {
  const { clock, roster } = stage(3, () => {
    throw new LiveError({
      action: "DescribeLiveStreamMonitorList",
      code: "Forbidden.RAM",
      httpStatus: 403,
      message: "no",
    });
  });
  const asked = ["m1", "m2"].map((id) => roster.look(id, context()));
  const results = await clock.run(Promise.allSettled(asked));
  expect(results.map((each) => each.status)).toEqual(["rejected", "rejected"]);
});

test("the more sessions are waited for, the further the lists lie apart", async () => {
  const { clock, queries, roster } = stage(100);
  const look = async () => {
    for (let i = 0; i < 10; i += 1) {
      await Promise.all([roster.look("m1", context()), roster.look("m2", context())]);
    }
  };
  await clock.run(look());
  const few = clock.now();
  await clock.run(Promise.all([look(), ...Array.from({ length: 90 }, () => roster.during(() => clock.sleep(60_000)))]));
  expect(queries.length).toBeGreaterThan(15);
  expect(clock.now() - few).toBeGreaterThan(9_000);
});
