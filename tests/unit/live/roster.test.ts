import type { CallContext, LiveClient } from "../../../provider/live/client";
import { LiveError } from "../../../provider/live/errors";
import { Roster } from "../../../provider/live/roster";
import type { LiveStreamMonitor, MonitorList } from "../../../provider/live/types";
import { VirtualClock } from "../../support/virtual-clock";

type Query = Parameters<LiveClient["list"]>[0];

const NOTHING: MonitorList = { bytes: 0, RequestId: "r", Total: 0, LiveStreamMonitorList: [] };

function context(signal = new AbortController().signal): CallContext {
  return { signal, beforeWrite: async () => {}, observe: () => {} };
}

/** A list of so many sessions, and what was asked of it. */
function stage(count: number, answer?: (query: Query) => MonitorList | undefined | Promise<MonitorList>) {
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
    const special = await answer?.(query);
    if (special !== undefined) {
      return special;
    }
    const found =
      "monitorId" in query
        ? all.filter((each) => each.MonitorId === query.monitorId)
        : all.slice((query.page - 1) * query.size, query.page * query.size);
    return {
      bytes: 0,
      RequestId: "r",
      Total: "monitorId" in query ? found.length : all.length,
      LiveStreamMonitorList: found,
    };
  };
  return { clock, queries, roster: new Roster({ list }, clock) };
}

describe("a cloud that refuses a page of more than", () => {
  const refusal = (code: string) =>
    new LiveError({ action: "DescribeLiveStreamMonitorList", code, httpStatus: 400, message: "no" });
  const sizes = (queries: Query[]) => queries.map((query) => query.size);

  test.each([
    [10, [10, 10]],
    [7, [10, 5, 5]],
    [4, [10, 5, 2, 2]],
    [1, [10, 5, 2, 1, 1]],
  ])("%i shows one session by its id", async (largest, asked) => {
    const { clock, queries, roster } = stage(3, (query) => {
      if (query.size > largest) {
        throw refusal("InvalidParameter.Malformed");
      }
      return undefined;
    });
    for (const monitorId of ["m1", "m2"]) {
      expect(await clock.run(roster.fetch(monitorId, context()))).toMatchObject({ MonitorId: monitorId });
    }
    expect(sizes(queries)).toEqual(asked);
  });

  test.each([
    ["InvalidParameter.Malformed", [10, 5, 2, 1]],
    ["InvalidMonitorId.Malformed", [10]],
  ])("nothing, with %s, is no answer", async (code, asked) => {
    const { clock, queries, roster } = stage(3, () => {
      throw refusal(code);
    });
    await expect(clock.run(roster.fetch("m1", context()))).rejects.toMatchObject({ code });
    expect(sizes(queries)).toEqual(asked);
  });
});

test("many questions share one list, whatever their number", async () => {
  const { clock, queries, roster } = stage(250);
  const asked = Array.from({ length: 250 }, (_, i) => roster.get(`m${i}`, context()));
  const seen = await clock.run(Promise.all(asked));
  expect(seen.map((each) => each?.MonitorId)).toEqual(Array.from({ length: 250 }, (_, i) => `m${i}`));
  expect(queries).toEqual([1, 2, 3].map((page) => ({ page, size: 100 })));
});

test("one question is asked by its id", async () => {
  const { clock, queries, roster } = stage(250);
  expect((await clock.run(roster.get("m7", context())))?.MonitorId).toBe("m7");
  expect(queries).toEqual([{ monitorId: "m7", size: 10 }]);
});

test("a session that the list does not show is asked for by its id", async () => {
  const { clock, queries, roster } = stage(3, (query) => ("page" in query ? NOTHING : undefined));
  const seen = await clock.run(Promise.all([roster.get("m1", context()), roster.get("m2", context())]));
  expect(seen.map((each) => each?.MonitorId)).toEqual(["m1", "m2"]);
  expect(queries.slice(1)).toEqual([
    { monitorId: "m1", size: 10 },
    { monitorId: "m2", size: 10 },
  ]);
});

test("an answer may be as old as the asker allows, and no older", async () => {
  const { clock, queries, roster } = stage(3);
  await clock.run(roster.get("m1", context(), 5_000));
  await clock.run(roster.get("m2", context(), 5_000));
  expect(queries).toHaveLength(1);
  await clock.run(roster.get("m2", context()));
  expect(queries).toHaveLength(2);
  await clock.run(clock.sleep(6_000));
  await clock.run(roster.get("m2", context(), 5_000));
  expect(queries).toHaveLength(3);
});

test("a shared call lasts while anybody still waits for it", async () => {
  const { clock, roster } = stage(3);
  const leaver = new AbortController();
  const left = roster.get("m1", context(leaver.signal));
  const stays = roster.get("m2", context());
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
  const asked = ["m1", "m2"].map((id) => roster.get(id, context()));
  const results = await clock.run(Promise.allSettled(asked));
  expect(results.map((each) => each.status)).toEqual(["rejected", "rejected"]);
});

test("the more sessions are waited for, the further the lists lie apart", async () => {
  const { clock, queries, roster } = stage(100);
  const look = async () => {
    for (let i = 0; i < 10; i += 1) {
      await Promise.all([roster.get("m1", context()), roster.get("m2", context())]);
    }
  };
  await clock.run(look());
  const few = clock.now();
  await clock.run(Promise.all([look(), ...Array.from({ length: 90 }, () => roster.during(() => clock.sleep(60_000)))]));
  expect(queries.length).toBeGreaterThan(15);
  expect(clock.now() - few).toBeGreaterThan(9_000);
});

/** When the lists began that two who look one after the other, ten times, are answered by. */
async function beats({ clock, roster }: ReturnType<typeof stage>, times: number[]): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await Promise.all([roster.get("m1", context()), roster.get("m2", context())]);
    times.push(clock.now());
  }
}

test("lists lie as far apart as the sessions that are waited for now demand, and no further", async () => {
  const lab = stage(100);
  const { clock, roster } = lab;
  const distance = async () => {
    const times: number[] = [];
    // The first list may need further questions.
    await lab.roster.list(context());
    await beats(lab, times);
    return Math.round(((times.at(-1) as number) - (times[0] as number)) / 9);
  };
  const alone = await clock.run(distance());
  const waits = Array.from({ length: 30 }, () => roster.during(() => clock.sleep(60_000)));
  const among30 = await clock.run(distance());
  await clock.run(Promise.all(waits));
  await expect(clock.run(roster.during(() => Promise.reject(new Error("it failed"))))).rejects.toThrow();
  const afterwards = await clock.run(distance());
  expect([among30, afterwards]).toEqual([100 + 30 * 11, alone]);
  expect(alone).toBe(100);
});

test("a session that neither list nor id shows is asked for once in each way, at most", async () => {
  const { clock, queries, roster } = stage(3);
  expect(await clock.run(roster.get("nobody", context()))).toBeUndefined();
  expect(queries).toEqual([{ monitorId: "nobody", size: 10 }]);
  const both = Promise.all([roster.get("nobody", context()), roster.get("m1", context())]);
  expect((await clock.run(both))[0]).toBeUndefined();
  expect(queries.slice(1)).toEqual([
    { page: 1, size: 100 },
    { page: 2, size: 100 },
    { monitorId: "nobody", size: 10 },
  ]);
});

test("the answer that no such session exists is as good as an empty list; any other is no answer", async () => {
  let code = "StreamMonitorNotExist";
  const { clock, roster } = stage(3, () => {
    throw new LiveError({ action: "DescribeLiveStreamMonitorList", code, httpStatus: 404, message: "no" });
  });
  expect(await clock.run(roster.fetch("m1", context()))).toBeUndefined();
  code = "Forbidden";
  await expect(clock.run(roster.fetch("m1", context()))).rejects.toMatchObject({ code });
});

test("a young list answers at once; one that began in the same instant as the question is not later than it", async () => {
  const { clock, queries, roster } = stage(3);
  const scan = await clock.run(roster.list(context()));
  const now = clock.now();
  expect(await clock.run(roster.list(context(), now - scan.begunAt))).toBe(scan);
  expect(clock.now()).toBe(now);
  expect(queries).toEqual([1, 2, 0].map((page) => ({ page, size: 100 })));
  expect(await clock.run(roster.list(context(), now - scan.begunAt - 1))).not.toBe(scan);
  expect(queries.slice(3)).toEqual([1, 2].map((page) => ({ page, size: 100 })));
});

test("who may be told something older shares the list that is under way", async () => {
  const { clock, queries, roster } = stage(3);
  const fresh = roster.list(context());
  const older = clock.sleep(30).then(() => roster.list(context(), 5_000));
  const newer = clock.sleep(30).then(() => roster.list(context()));
  const [first, second, third] = await clock.run(Promise.all([fresh, older, newer]));
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(queries.filter((query) => "page" in query && query.page === 1)).toHaveLength(2);
});

/** What single looks cost, whatever the total counts: no page after the one that shows the last of them. */
test.each<[string, number, string[], number, number[]]>([
  ["on the first of three pages", 250, ["m7", "m8"], 0, [1]],
  ["on the first and the last page", 250, ["m7", "m249"], 0, [1, 2, 3]],
  ["on the only page", 20, ["m7", "m8"], 0, [1]],
  ["on the only page, among reads of others", 20, ["m7"], 5_000, [1]],
  ["on the first of three pages, among reads of others", 250, ["m7"], 5_000, [1, 2, 3]],
])("looks for sessions %s", async (_what, count, ids, maxAgeMs, pages) => {
  const { clock, queries, roster } = stage(count);
  await clock.run(Promise.all(ids.map((id) => roster.get(id, context(), maxAgeMs))));
  expect(queries).toEqual(pages.map((page) => ({ page, size: 100 })));
});

test("a list that was not read to its end answers for what it shows, and for nothing else", async () => {
  const { clock, queries, roster } = stage(250);
  await clock.run(Promise.all([roster.get("m7", context()), roster.get("m8", context())]));
  await clock.run(roster.get("m9", context(), 5_000));
  expect(queries).toHaveLength(1);
  await clock.run(roster.get("m200", context(), 5_000));
  expect((await clock.run(roster.list(context(), 5_000))).monitors.size).toBe(250);
  expect(queries.slice(1)).toEqual([1, 2, 3].map((page) => ({ page, size: 100 })));
});

test("who asks for one session and who asks for all are answered by one list", async () => {
  const { clock, queries, roster } = stage(250);
  const [one, all] = await clock.run(Promise.all([roster.get("m7", context()), roster.list(context())]));
  expect([one?.MonitorId, all.monitors.size]).toEqual(["m7", 250]);
  expect(queries).toHaveLength(3);
});

test("for those who have left, nothing is asked", async () => {
  const { clock, queries, roster } = stage(3);
  const leaver = new AbortController();
  const asked = [roster.list(context(leaver.signal)), roster.get("m1", context(leaver.signal))];
  leaver.abort(new Error("left"));
  const results = await clock.run(Promise.allSettled(asked));
  expect(results.map((each) => each.status === "rejected" && String(each.reason))).toEqual(
    Array(2).fill("Error: left"),
  );
  await clock.run(clock.sleep(1_000));
  expect(queries).toEqual([]);
  await clock.run(roster.get("m1", context()));
  expect(queries).toHaveLength(1);
});

test("when the last one leaves, the shared call ends, with that one's reason; when it was answered, nobody is held", async () => {
  const clock = new VirtualClock();
  const signals: AbortSignal[] = [];
  const list = async (_query: Query, { signal }: CallContext): Promise<MonitorList> => {
    signals.push(signal);
    await clock.sleep(1_000, signal);
    return NOTHING;
  };
  const roster = new Roster({ list }, clock);
  const [one, other] = [new AbortController(), new AbortController()];
  const removed = jest.spyOn(other.signal, "removeEventListener");
  const asked = [roster.list(context(one.signal)), roster.list(context(other.signal))];
  void clock.sleep(100).then(() => one.abort(new Error("first")));
  void clock.sleep(200).then(() => {
    expect(signals[0]?.aborted).toBe(false);
    other.abort(new Error("last"));
  });
  await clock.run(Promise.allSettled(asked));
  expect(signals.map((signal) => String(signal.reason))).toEqual(["Error: last"]);
  expect(removed).toHaveBeenCalled();

  const stays = new AbortController();
  const forgotten = jest.spyOn(stays.signal, "removeEventListener");
  await clock.run(roster.list(context(stays.signal)));
  // By the shared call, and by the wait for it.
  expect(forgotten).toHaveBeenCalledTimes(2);
});

test("all who share a call see it on their trail", async () => {
  const clock = new VirtualClock();
  const list = async (_query: Query, { observe }: CallContext): Promise<MonitorList> => {
    observe({ action: "DescribeLiveStreamMonitorList", what: "sent" });
    return NOTHING;
  };
  const roster = new Roster({ list }, clock);
  const seen: string[] = [];
  const watching = (name: string) => ({ ...context(), observe: () => seen.push(name) });
  await clock.run(Promise.all([roster.list(watching("one")), roster.list(watching("other"))]));
  // The first page, and, as it is empty, the one before it.
  expect(seen).toEqual(["one", "other", "one", "other"]);
});

test("one session that the cloud does not answer for holds nobody else up", async () => {
  const { clock, roster } = stage(3, (query) => {
    return "monitorId" in query && query.monitorId === "m0" ? new Promise<MonitorList>(() => {}) : undefined;
  });
  const leaver = new AbortController();
  const stuck = roster.get("m0", context(leaver.signal));
  const began = clock.now();
  await clock.run(clock.sleep(1_000));
  await clock.run(roster.get("m1", context()));
  await clock.run(roster.list(context()));
  expect(clock.now() - began).toBeLessThan(1_400);
  leaver.abort(new Error("left"));
  await expect(stuck).rejects.toThrow("left");
});

test("of a session that this process has changed, no list from before is news", async () => {
  const { clock, queries, roster } = stage(3);
  await clock.run(roster.list(context()));
  await clock.run(clock.sleep(1_000));
  roster.changed("m1");
  queries.length = 0;
  await clock.run(roster.get("m1", context(), 5_000));
  await clock.run(roster.get("m2", context(), 5_000));
  expect(queries).toEqual([{ monitorId: "m1", size: 10 }]);
  await clock.run(roster.list(context()));
  await clock.run(roster.get("m1", context(), 5_000));
  expect(queries.slice(1)).toEqual([1, 2].map((page) => ({ page, size: 100 })));
});

test("of those who are asked for by their ids, one that fails is alone in that", async () => {
  const { clock, roster } = stage(150, (query) => {
    if ("monitorId" in query && query.monitorId === "m1") {
      throw new LiveError({ action: "DescribeLiveStreamMonitorList", code: "Odd", httpStatus: 400, message: "no" });
    }
    return undefined;
  });
  await clock.run(roster.list(context()));
  const results = await clock.run(Promise.allSettled(["m1", "m2"].map((id) => roster.get(id, context()))));
  expect(results.map((each) => each.status)).toEqual(["rejected", "fulfilled"]);
});
