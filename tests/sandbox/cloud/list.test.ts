import { Lab } from "./support/lab";

const NEVER = "00000000-0000-4000-8000-00000000dead";

/** Sessions in the order in which they were made, a second apart. */
function made(lab: Lab, count: number): string[] {
  return Array.from({ length: count }, (_, i) => lab.pass(1000).create({ MonitorName: `wall ${i}` }));
}

test("pages hold what they are asked to hold, and the last one the rest", () => {
  const lab = new Lab();
  const all = made(lab, 7);
  const page = (PageNum: number) => lab.ids({ PageNum: String(PageNum), PageSize: "3" });
  expect([page(1), page(2), page(3), page(4)]).toEqual([all.slice(0, 3), all.slice(3, 6), all.slice(6), []]);
  expect(lab.call("List", { PageNum: "2", PageSize: "3" }).body.Total).toBe(7);
});

test("by default it is the first page of ten", () => {
  const lab = new Lab();
  const all = made(lab, 12);
  expect(lab.ids()).toEqual(all.slice(0, 10));
  expect(lab.ids({ PageNum: "", PageSize: "", MonitorId: "", Status: "", OrderRule: "" })).toEqual(all.slice(0, 10));
});

test.each([
  ["PageNum", "0"],
  ["PageNum", "-1"],
  ["PageNum", "1.5"],
  ["PageNum", "two"],
  ["PageSize", "0"],
  ["PageSize", "101"],
  ["Status", "2"],
  ["OrderRule", "3"],
])("%s %s is malformed", (name, value) => {
  expect(new Lab().say("List", { [name]: value })).toBe("400 InvalidParameter.Malformed");
});

test("filters by id and by status, 0 too", () => {
  const lab = new Lab();
  const rests = lab.create();
  const runs = lab.started();
  expect(lab.ids({ MonitorId: rests })).toEqual([rests]);
  expect(lab.ids({ Status: "0" })).toEqual([rests]);
  expect(lab.ids({ Status: "1" })).toEqual([runs]);
  expect(lab.ids({ MonitorId: rests, Status: "1" })).toEqual([]);
  expect(lab.call("List", { MonitorId: NEVER }).body).toMatchObject({ Total: 0, LiveStreamMonitorList: [] });
  expect(lab.say("List", { MonitorId: "no id" })).toBe("400 InvalidMonitorId.Malformed");
});

test("running sessions come first, or the order is by start time", () => {
  const lab = new Lab();
  const [a = "", b = "", c = ""] = made(lab, 3);
  for (const MonitorId of [c, b]) {
    lab.say("Start", { MonitorId });
    lab.pass(5000);
  }
  expect(lab.ids({ OrderRule: "0" })).toEqual([b, c, a]);
  expect(lab.ids({ OrderRule: "1" })).toEqual([b, c, a]);
  expect(lab.ids({ OrderRule: "2" })).toEqual([a, c, b]);
});

test("who reads page after page while others stop does not see sessions that are there all along", () => {
  const lab = new Lab({ switches: { startDelayMs: 0, stopDelayMs: 0 } });
  const all = made(lab, 20);
  for (const MonitorId of all) {
    lab.say("Start", { MonitorId });
  }
  const first = lab.ids({ PageNum: "1", PageSize: "10" });
  for (const MonitorId of all.slice(0, 5)) {
    lab.say("Stop", { MonitorId });
  }
  const seen = [...first, ...lab.ids({ PageNum: "2", PageSize: "10" })];
  expect(all.filter((id) => !seen.includes(id))).toEqual(all.slice(10, 15));
});

test("a list is of one account only", () => {
  const lab = new Lab();
  lab.create();
  expect(lab.call("List", {}, { accessKeyId: "others" }).body).toMatchObject({ Total: 0 });
});

test("what a list gives away is a copy", () => {
  const lab = new Lab();
  const id = lab.create();
  const [shown] = lab.list() as { InputList: object[] }[];
  shown?.InputList.pop();
  expect(lab.session(id).InputList).toHaveLength(1);
});

describe("a list that lags behind", () => {
  const LAG = { staleListMs: 8000, startDelayMs: 0, stopDelayMs: 0 };

  test("shows sessions, their status and their fields as they were", () => {
    const lab = new Lab({ switches: LAG });
    const id = lab.create();
    expect(lab.pass(7999).ids()).toEqual([]);
    expect(lab.pass(1).ids()).toEqual([id]);
    lab.say("Start", { MonitorId: id });
    lab.update(id, { MonitorName: "new" });
    expect(lab.pass(7999).list()).toMatchObject([{ Status: 0, MonitorName: "wall" }]);
    expect(lab.pass(1).list()).toMatchObject([{ Status: 1, MonitorName: "new" }]);
    lab.say("Stop", { MonitorId: id });
    lab.say("Delete", { MonitorId: id });
    expect(lab.pass(7999).list()).toMatchObject([{ Status: 1 }]);
    expect(lab.pass(1).list()).toEqual([]);
  });

  test("shows every state in between at its time", () => {
    const lab = new Lab({ switches: LAG });
    const MonitorId = lab.create();
    for (const action of ["Start", "Stop", "Start"]) {
      lab.pass(1000).say(action, { MonitorId });
    }
    const seen = Array.from({ length: 4 }, (_, i) => lab.pass(i === 0 ? 5000 : 1000).list()[0]?.Status);
    expect(seen).toEqual([0, 1, 0, 1]);
  });

  test("is never older than 4 s when it is filtered by id", () => {
    const lab = new Lab({ switches: LAG });
    const id = lab.create();
    expect(lab.pass(3999).ids({ MonitorId: id })).toEqual([]);
    expect(lab.pass(1).ids({ MonitorId: id })).toEqual([id]);
    expect(lab.ids()).toEqual([]);
  });

  test("other calls are never behind", () => {
    const lab = new Lab({ switches: LAG });
    const MonitorId = lab.create();
    expect(lab.say("Start", { MonitorId })).toBe("200");
    expect(lab.say("Delete", { MonitorId })).toBe("400 StreamMonitorAlreadyStarted");
  });
});
