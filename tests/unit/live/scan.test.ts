import type { CallContext, LiveClient } from "../../../provider/live/client";
import { LiveError } from "../../../provider/live/errors";
import { Scanner } from "../../../provider/live/scan";
import type { LiveStreamMonitor, MonitorList } from "../../../provider/live/types";
import { VirtualClock } from "../../support/virtual-clock";

type Query = Extract<Parameters<LiveClient["list"]>[0], { page: number }>;

const LIST = "DescribeLiveStreamMonitorList";
const monitor = (i: number): LiveStreamMonitor => ({ MonitorId: `m${i}`, MonitorName: "", Domain: "", Status: 0 });
const refusal = (code = "InvalidParameter.Malformed") =>
  new LiveError({ action: LIST, code, httpStatus: 400, message: "PageSize" });

function context(): CallContext {
  return { signal: new AbortController().signal, beforeWrite: async () => {}, observe: () => {} };
}

/** A scanner on a cloud that answers like this, and what was asked. */
function stage(answer: (query: Query) => MonitorList) {
  const clock = new VirtualClock();
  const queries: Query[] = [];
  const list = async (query: Parameters<LiveClient["list"]>[0]): Promise<MonitorList> => {
    queries.push(query as Query);
    return answer(query as Query);
  };
  const scanner = new Scanner({ list }, clock);
  const ids = async () => [...(await scanner.scan(context())).monitors.keys()];
  return { scanner, queries, ids, pages: () => queries.map(({ page }) => page) };
}

const page = (items: LiveStreamMonitor[], Total?: number): MonitorList => ({
  bytes: 0,
  RequestId: "r",
  ...(Total === undefined ? {} : { Total }),
  LiveStreamMonitorList: items,
});

/** What a cloud may make of paging. */
interface Habits {
  count: number;
  cap: number;
  overCap: "clamp" | "refuse";
  total: keyof typeof TOTALS;
  beyond: "empty" | "last" | "refuse";
  first: 0 | 1;
  /** How many of a page stand on the page before it too. */
  overlap: number;
}

const TOTALS = {
  all: (count: number) => count,
  page: (_count: number, shown: number) => shown,
  absent: () => undefined,
  "too small": (count: number) => Math.floor(count / 2),
  "too large for ever": (count: number) => count + 1_000,
  negative: () => -1,
  nothing: () => Number.NaN,
} satisfies Record<string, (count: number, shown: number) => number | undefined>;

function cloud({ count, cap, overCap, total, beyond, first, overlap }: Habits) {
  return stage((query) => {
    if (query.size > cap && overCap === "refuse") {
      throw refusal();
    }
    const size = Math.min(query.size, cap);
    const step = Math.max(1, size - overlap);
    const last = Math.max(0, Math.ceil((count - size) / step));
    const asked = query.page - first;
    if ((asked > last || asked < 0) && beyond === "refuse") {
      throw refusal();
    }
    const shown = beyond === "last" ? Math.min(Math.max(asked, 0), last) : asked;
    const from = shown * step;
    const items =
      shown < 0 ? [] : Array.from({ length: Math.min(size, Math.max(0, count - from)) }, (_, i) => from + i);
    return page(items.map(monitor), TOTALS[total](count, items.length));
  });
}

/** The sizes that are asked for, until one is not refused. */
const ASKED = [100, 50, 20, 10, 5, 2, 1];
const USUAL: Habits = { count: 0, cap: 100, overCap: "clamp", total: "all", beyond: "empty", first: 1, overlap: 0 };

describe.each(Object.keys(TOTALS) as (keyof typeof TOTALS)[])("with a total of the kind %s", (total) => {
  describe.each(["clamp", "refuse"] as const)("and pages that are too large answered by %s", (overCap) => {
    test.each(["empty", "last", "refuse"] as const)(
      "and pages too far by %s, every session is seen",
      async (beyond) => {
        for (const cap of [1, 7, 10, 12, 32, 64, 100]) {
          // A refused page is an error where `Total` says that it exists, and where it is the first (see below).
          const size = overCap === "clamp" ? cap : (ASKED.find((each) => each <= cap) ?? 1);
          const bases = beyond !== "refuse" ? [1, 0] : total.startsWith("too") ? [] : [1];
          for (const first of bases as (1 | 0)[]) {
            // A total that is too small, and reached exactly at the end of a page, cannot be told from a true one.
            const isTold = (count: number) => total !== "too small" || Math.floor(count / 2) % size !== 0;
            for (const count of [0, 1, cap - 1, cap, cap + 1, 2 * cap, 151].filter(isTold)) {
              const { ids } = cloud({ ...USUAL, count, cap, overCap, total, beyond, first });
              expect([cap, first, count, new Set(await ids()).size]).toEqual([cap, first, count, count]);
            }
          }
        }
      },
    );
  });
});

test("pages that overlap show every session", async () => {
  for (const total of ["all", "page", "absent"] as const) {
    for (const overlap of [1, 5, 9]) {
      const { ids } = cloud({ ...USUAL, count: 45, cap: 10, total, overlap });
      expect(await ids()).toHaveLength(45);
    }
  }
});

test("a list that takes no notice of page numbers ends", async () => {
  for (const Total of [undefined, 3, 1_000]) {
    const { ids, pages } = stage(() => page([0, 1, 2].map(monitor), Total));
    expect(await ids()).toEqual(["m0", "m1", "m2"]);
    expect(pages()).toEqual([1, 2, 0]);
  }
});

test("pages that shift while others stop lose no session that any page shows, and an honest total ends them", async () => {
  let left = 30;
  const { ids, pages } = stage(({ page: number }) => {
    // Before each page, three of those that stood on earlier ones are deleted.
    left -= number > 1 ? 3 : 0;
    const from = 30 - left + (number - 1) * 10;
    return page(
      Array.from({ length: Math.max(0, Math.min(10, 30 - from)) }, (_, i) => monitor(from + i)),
      left,
    );
  });
  const shown = await ids();
  expect(shown.length).toBeLessThan(30);
  expect(new Set(shown).size).toBe(shown.length);
  expect(pages().length).toBeLessThanOrEqual(5);
});

test.each<[string, Partial<Habits>, number[]]>([
  ["300, and a total that says so: one call a page", { count: 300 }, [1, 2, 3]],
  ["301: one call a page", { count: 301 }, [1, 2, 3, 4]],
  ["100: a total as long as the page proves nothing", { count: 100 }, [1, 2, 0]],
  ["20, on one short page", { count: 20 }, [1, 2, 0]],
  ["none", { count: 0 }, [1, 0]],
  ["150, and a total of the page", { count: 150, total: "page" }, [1, 2, 3, 0]],
  ["150, and no total", { count: 150, total: "absent" }, [1, 2, 3, 0]],
])("the calls for a list of %s", async (_what, habits, calls) => {
  const { scanner, pages, queries } = cloud({ ...USUAL, ...habits });
  await scanner.scan(context());
  expect(pages()).toEqual(calls);
  queries.length = 0;
  await scanner.scan(context());
  // From where pages are counted is asked once.
  expect(pages()).toEqual(calls.filter((each) => each !== 0));
});

test("who has seen enough reads no further, and needs no proof that it was all", async () => {
  const { scanner, pages } = cloud({ ...USUAL, count: 150, total: "page" });
  const scan = await scanner.scan(context(), (monitors) => monitors.has("m7"));
  expect([scan.isWhole, scan.pages, pages()]).toEqual([false, 1, [1]]);
  // Not even a list that was read to its end counts as whole, as long as page 0 was not looked at.
  expect((await scanner.scan(context(), () => false)).isWhole).toBe(false);
  expect((await scanner.scan(context())).isWhole).toBe(true);
  expect((await scanner.scan(context(), () => false)).isWhole).toBe(true);
});

test("items that cannot be read are counted, and a page of them alone does not end the list", async () => {
  const odd = (i: number): MonitorList => ({ ...page([]), unreadable: [{ MonitorId: `odd id ${i}` }] });
  const pages = [page([monitor(1)]), odd(1), page([monitor(2)]), odd(1)];
  const { scanner, queries } = stage((query) => pages[query.page - 1] ?? page([]));
  const { monitors, unreadable } = await scanner.scan(context());
  expect([[...monitors.keys()], unreadable.length, queries.length]).toEqual([["m1", "m2"], 1, 5]);
});

test("a page that is too large for the cloud is made smaller, once for all", async () => {
  const { ids, queries } = cloud({ ...USUAL, count: 30, cap: 20, overCap: "refuse" });
  await ids();
  await ids();
  expect(queries.map((query) => query.size)).toEqual([100, 50, 20, 20, 20, 20]);
});

test("the smallest page that is refused is an error, and so is a page of which `Total` says that it exists", async () => {
  const always = stage(() => {
    throw refusal();
  });
  await expect(always.ids()).rejects.toMatchObject({ httpStatus: 400 });
  expect(always.queries.map(({ size }) => size)).toEqual(ASKED);
  const later = stage((query) => {
    if (query.page > 1) {
      throw refusal();
    }
    return page(
      Array.from({ length: 100 }, (_, i) => monitor(i)),
      150,
    );
  });
  await expect(later.ids()).rejects.toMatchObject({ httpStatus: 400 });
  expect(later.pages()).toEqual([1, 2]);
});

test.each(["InvalidParameter.Malformed", "SomethingOdd", "InternalError"])(
  "a page 0 that is answered with %s is asked for once, and in one attempt",
  async (code) => {
    const { scanner, ids, pages } = stage((query) => {
      if (query.page === 0) {
        throw new LiveError({ action: LIST, code, httpStatus: code === "InternalError" ? 500 : 400, message: "no" });
      }
      return page(query.page === 1 ? [monitor(1)] : [], 1);
    });
    expect([await ids(), (await scanner.scan(context())).isWhole]).toEqual([["m1"], true]);
    expect(pages()).toEqual([1, 2, 0, 1, 2]);
  },
);

test("a list of endless text ends, before it fills the memory", async () => {
  const { scanner, queries } = stage((query) => ({ ...page([monitor(query.page)], 1_000), bytes: 15 * 1024 * 1024 }));
  await expect(scanner.scan(context())).rejects.toThrow(/The list of sessions does not end: 5 were shown/);
  expect(queries).toHaveLength(5);
});
