import type { CallContext, LiveClient } from "../../../provider/live/client";
import { LiveError } from "../../../provider/live/errors";
import { type Onlooker, Roster } from "../../../provider/live/roster";
import type { Scan } from "../../../provider/live/scan";
import type { LiveStreamMonitor, MonitorList } from "../../../provider/live/types";
import { VirtualClock } from "../../support/virtual-clock";

type Query = Parameters<LiveClient["list"]>[0];

const NOTHING: MonitorList = { bytes: 0, RequestId: "r", Total: 0, LiveStreamMonitorList: [] };

function context(signal = new AbortController().signal): CallContext {
  return { signal, beforeWrite: async () => {}, observe: () => {} };
}

/** A list of so many sessions, and what was asked of it. */
function stage(
  count: number,
  answer?: (query: Query) => MonitorList | undefined | Promise<MonitorList>,
  onlooker?: Onlooker,
) {
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
  return { clock, queries, roster: new Roster({ list }, clock, onlooker) };
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
  const { clock, queries, roster } = stage(3, (query) => ("page" in query ? NOTHING : undefined));
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
  const same = {
    bytes: 0,
    RequestId: "r",
    LiveStreamMonitorList: [{ MonitorId: "m0", MonitorName: "", Domain: "", Status: 0 }],
  };
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

/** When the lists began that two who look one after the other, ten times, are answered by. */
async function beats({ clock, roster }: ReturnType<typeof stage>, times: number[]): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await Promise.all([roster.look("m1", context()), roster.look("m2", context())]);
    times.push(clock.now());
  }
}

test("lists lie as far apart as the sessions that are waited for now demand, and no further", async () => {
  const lab = stage(100);
  const { clock, roster } = lab;
  const distance = async () => {
    const times: number[] = [];
    // The first list may need further questions.
    await lab.roster.all(context());
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
  expect(await clock.run(roster.look("nobody", context()))).toBeUndefined();
  expect(queries).toEqual([{ monitorId: "nobody" }]);
  const both = Promise.all([roster.look("nobody", context()), roster.look("m1", context())]);
  expect((await clock.run(both))[0]).toBeUndefined();
  expect(queries.slice(1)).toEqual([{ page: 1, size: 100 }, { monitorId: "nobody" }]);
});

test("the answer that no such session exists is as good as an empty list; any other is no answer", async () => {
  let code = "StreamMonitorNotExist";
  const { clock, roster } = stage(3, () => {
    throw new LiveError({ action: "DescribeLiveStreamMonitorList", code, httpStatus: 404, message: "no" });
  });
  expect(await clock.run(roster.lookById("m1", context()))).toBeUndefined();
  code = "Forbidden";
  await expect(clock.run(roster.lookById("m1", context()))).rejects.toMatchObject({ code });
});

test("a young list answers at once; one that began in the same instant as the question is not later than it", async () => {
  const { clock, queries, roster } = stage(3);
  const scan = await clock.run(roster.all(context()));
  const now = clock.now();
  expect(await clock.run(roster.all(context(), now - scan.begunAt))).toBe(scan);
  expect(clock.now()).toBe(now);
  expect(await clock.run(roster.all(context(), now - scan.begunAt - 1))).not.toBe(scan);
  expect(queries).toHaveLength(2);
});

test("who may be told something older shares the list that is under way", async () => {
  const { clock, queries, roster } = stage(3);
  const fresh = roster.all(context());
  const older = clock.sleep(30).then(() => roster.all(context(), 5_000));
  const newer = clock.sleep(30).then(() => roster.all(context()));
  const [first, second, third] = await clock.run(Promise.all([fresh, older, newer]));
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  expect(queries).toHaveLength(2);
});

test("who asks for one session and who asks for all are answered by one list", async () => {
  const { clock, queries, roster } = stage(250);
  const [one, all] = await clock.run(Promise.all([roster.look("m7", context()), roster.all(context())]));
  expect([one?.MonitorId, all.monitors.size]).toEqual(["m7", 250]);
  expect(queries).toHaveLength(3);
});

test("for those who have left, nothing is asked", async () => {
  const { clock, queries, roster } = stage(3);
  const leaver = new AbortController();
  const asked = [roster.all(context(leaver.signal)), roster.look("m1", context(leaver.signal))];
  leaver.abort(new Error("left"));
  const results = await clock.run(Promise.allSettled(asked));
  expect(results.map((each) => each.status === "rejected" && String(each.reason))).toEqual(
    Array(2).fill("Error: left"),
  );
  await clock.run(clock.sleep(1_000));
  expect(queries).toEqual([]);
  await clock.run(roster.look("m1", context()));
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
  const asked = [roster.all(context(one.signal)), roster.all(context(other.signal))];
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
  await clock.run(roster.all(context(stays.signal)));
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
  await clock.run(Promise.all([roster.all(watching("one")), roster.all(watching("other"))]));
  expect(seen).toEqual(["one", "other"]);
});

/** A refusal of the size of a page, as far as the documents say how one looks. */
const tooLarge = () =>
  new LiveError({
    action: "DescribeLiveStreamMonitorList",
    code: "InvalidParameter.Malformed",
    httpStatus: 400,
    message: "PageSize",
  });

test("the smallest page that is refused is an error, and so is a later page", async () => {
  const always = stage(30, () => {
    throw tooLarge();
  });
  await expect(always.clock.run(always.roster.all(context()))).rejects.toMatchObject({ httpStatus: 400 });
  expect(always.queries.map((query) => ("size" in query ? query.size : 0))).toEqual([100, 50, 20, 10]);
  const later = stage(150, (query) => {
    if ("page" in query && query.page > 1) {
      throw tooLarge();
    }
    return undefined;
  });
  await expect(later.clock.run(later.roster.all(context()))).rejects.toMatchObject({ httpStatus: 400 });
  expect(later.queries).toHaveLength(2);
});

/** A cloud that shows at most 10 on a page, and of which it is open what `Total` counts and what lies behind the last page. */
function pagesOfTen(count: number, total: "all" | "page" | "absent", refusesBeyond: boolean) {
  const lab = stage(0, (query) => {
    if ("monitorId" in query) {
      return undefined;
    }
    const size = Math.min(query.size, 10);
    if (refusesBeyond && query.page > Math.max(1, Math.ceil(count / size))) {
      throw tooLarge();
    }
    const left = Math.max(0, Math.min(size, count - (query.page - 1) * size));
    const found = Array.from({ length: left }, (_, i) => (query.page - 1) * size + i);
    const shown = found.map((i) => ({ MonitorId: `m${i}`, MonitorName: "", Domain: "", Status: 0 }));
    const totals = { all: { Total: count }, page: { Total: shown.length }, absent: {} };
    return { bytes: 0, RequestId: "r", ...totals[total], LiveStreamMonitorList: shown };
  });
  return { ...lab, size: async () => (await lab.clock.run(lab.roster.all(context()))).monitors.size };
}

test.each(
  (["all", "page", "absent"] as const).flatMap((total) => [false, true].map((refuses) => [total, refuses] as const)),
)(
  "whatever the total counts (%s), and whether a page too far is refused (%s), all sessions are seen",
  async (total, refuses) => {
    for (const count of [0, 1, 9, 10, 11, 15, 20, 35]) {
      expect(await pagesOfTen(count, total, refuses).size()).toBe(count);
    }
  },
);

test("what the total counts is asked at most once", async () => {
  const { queries, size } = pagesOfTen(10, "all", false);
  await size();
  await size();
  expect(queries).toEqual([
    { page: 1, size: 100 },
    { page: 1, size: 1 },
    { page: 1, size: 100 },
  ]);
});

test("what else goes wrong when that is asked is an error like any other", async () => {
  const { clock, roster } = stage(10, (query) => {
    if ("size" in query && query.size === 1) {
      throw new LiveError({ action: "DescribeLiveStreamMonitorList", code: "Odd", httpStatus: 400, message: "no" });
    }
    return undefined;
  });
  await expect(clock.run(roster.all(context()))).rejects.toMatchObject({ code: "Odd" });
  const refusing = stage(10, (query) => {
    if ("size" in query && query.size === 1) {
      throw tooLarge();
    }
    return undefined;
  });
  expect((await refusing.clock.run(refusing.roster.all(context()))).monitors.size).toBe(10);
  expect(refusing.queries.at(-1)).toEqual({ page: 2, size: 100 });
});

test("one session that the cloud does not answer for holds nobody else up", async () => {
  const { clock, roster } = stage(3, (query) => {
    return "monitorId" in query && query.monitorId === "m0" ? new Promise<MonitorList>(() => {}) : undefined;
  });
  const leaver = new AbortController();
  const stuck = roster.look("m0", context(leaver.signal));
  const began = clock.now();
  await clock.run(clock.sleep(1_000));
  await clock.run(roster.look("m1", context()));
  await clock.run(roster.all(context()));
  expect(clock.now() - began).toBeLessThan(1_400);
  leaver.abort(new Error("left"));
  await expect(stuck).rejects.toThrow("left");
});

test("of a session that this process has changed, no list from before is news", async () => {
  const { clock, queries, roster } = stage(3);
  await clock.run(roster.all(context()));
  await clock.run(clock.sleep(1_000));
  roster.changed("m1");
  await clock.run(roster.look("m1", context(), 5_000));
  expect(queries).toHaveLength(2);
  await clock.run(roster.look("m2", context(), 5_000));
  expect(queries).toHaveLength(2);
  await clock.run(roster.all(context()));
  await clock.run(roster.look("m1", context(), 5_000));
  expect(queries).toHaveLength(3);
});

test("without a total, the list ends with the first page that brings nothing new", async () => {
  const { clock, queries, roster } = stage(0, (query) => {
    const page = "page" in query ? query.page : 0;
    const ids = page <= 2 ? [`a${page}`, `b${page}`] : [];
    const found = ids.map((MonitorId) => ({ MonitorId, MonitorName: "", Domain: "", Status: 0 }));
    return { bytes: 0, RequestId: "r", LiveStreamMonitorList: found };
  });
  expect((await clock.run(roster.all(context()))).monitors.size).toBe(4);
  expect(queries).toHaveLength(3);
});

test("a list of endless text ends, before it fills the memory", async () => {
  const { clock, queries, roster } = stage(0, (query) => {
    const id = `m${"page" in query ? query.page : 0}`;
    const LiveStreamMonitorList = [{ MonitorId: id, MonitorName: "", Domain: "", Status: 0 }];
    return { bytes: 15 * 1024 * 1024, RequestId: "r", Total: 1_000, LiveStreamMonitorList };
  });
  await expect(clock.run(roster.all(context()))).rejects.toThrow(/The list of sessions does not end: 5 were shown/);
  expect(queries).toHaveLength(5);
});

test("of those who are asked for by their ids, one that fails is alone in that", async () => {
  const { clock, roster } = stage(150, (query) => {
    if ("monitorId" in query && query.monitorId === "m1") {
      throw new LiveError({ action: "DescribeLiveStreamMonitorList", code: "Odd", httpStatus: 400, message: "no" });
    }
    return undefined;
  });
  await clock.run(roster.all(context()));
  const results = await clock.run(Promise.allSettled(["m1", "m2"].map((id) => roster.look(id, context()))));
  expect(results.map((each) => each.status)).toEqual(["rejected", "fulfilled"]);
});

test("while others work on the account, whole lists are read for whoever wants to see them, and no closer together than all can", async () => {
  const seen: Scan[] = [];
  let isWanted = false;
  const onlooker = { isWanted: () => isWanted, see: (scan: Scan) => void seen.push(scan) };
  const { clock, queries, roster } = stage(3, undefined, onlooker);
  await clock.run(roster.look("m1", context()));
  expect(queries).toEqual([{ monitorId: "m1" }]);
  expect(seen).toHaveLength(0);
  isWanted = true;
  await clock.run(roster.look("m1", context()));
  await clock.run(roster.look("m1", context()));
  expect(queries.slice(1)).toEqual([1, 1].map((page) => ({ page, size: 100 })));
  expect(seen.map(({ monitors }) => monitors.size)).toEqual([3, 3]);
  const [first, second] = seen as [Scan, Scan];
  expect(second.begunAt - first.begunAt).toBeGreaterThanOrEqual(750);
});

test("while others work on the account, what a list shows may be no older than a second", async () => {
  const onlooker = { isWanted: () => true, see: () => {} };
  const { clock, queries, roster } = stage(3, undefined, onlooker);
  await clock.run(roster.all(context(), 5_000));
  await clock.run(clock.sleep(900));
  await clock.run(roster.all(context(), 5_000));
  expect(queries).toHaveLength(1);
  await clock.run(clock.sleep(200));
  await clock.run(roster.all(context(), 5_000));
  expect(queries).toHaveLength(2);
});

test("long lists are not read for the onlooker's sake", async () => {
  const onlooker = { isWanted: () => true, see: () => {} };
  const { clock, queries, roster } = stage(350, undefined, onlooker);
  await clock.run(roster.all(context()));
  expect(queries).toHaveLength(4);
  await clock.run(roster.look("m1", context()));
  expect(queries.slice(4)).toEqual([{ monitorId: "m1" }]);
});

test("a list that was read for the onlooker's sake, and fails, is not missed", async () => {
  const onlooker = { isWanted: () => true, see: () => {} };
  const fails = async () => {
    throw new LiveError({ action: "DescribeLiveStreamMonitorList", code: "Forbidden", message: "no lists" });
  };
  const { clock, roster } = stage(3, (query) => ("page" in query ? fails() : undefined), onlooker);
  expect((await clock.run(roster.look("m1", context())))?.MonitorId).toBe("m1");
  await expect(clock.run(roster.all(context()))).rejects.toThrow(/no lists/);
});

test("an onlooker that fails takes nobody's answer away", async () => {
  const onlooker = {
    isWanted: () => false,
    see: () => {
      throw new Error("boom");
    },
  };
  const { clock, roster } = stage(3, undefined, onlooker);
  expect((await clock.run(roster.all(context()))).monitors.size).toBe(3);
  expect((await clock.run(roster.all(context()))).monitors.size).toBe(3);
});
