import { FIELDS, Lab } from "./support/lab";

const UNKNOWN = "00000000-0000-4000-8000-00000000dead";
const STATEFUL = ["Start", "Stop", "Update", "Delete"];

test("a session lives from create to delete", () => {
  const lab = new Lab();
  const MonitorId = lab.create();
  expect(MonitorId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(lab.list()).toMatchObject([{ MonitorId, MonitorName: "wall", Status: 0, Region: "cn-shanghai" }]);
  expect(lab.say("Start", { MonitorId })).toBe("200");
  expect(lab.pass(200).list()).toMatchObject([{ Status: 1, StartTime: "2026-01-01T00:00:00Z" }]);
  expect(lab.say("Stop", { MonitorId })).toBe("200");
  expect(lab.pass(1000).list()).toMatchObject([{ Status: 0, StopTime: "2026-01-01T00:00:00Z" }]);
  expect(lab.say("Delete", { MonitorId })).toBe("200");
  expect(lab.list()).toEqual([]);
});

test("what a call answers", () => {
  const lab = new Lab();
  const created = lab.call("Create", FIELDS);
  expect(created.body).toEqual({ MonitorId: expect.any(String), RequestId: expect.any(String) });
  expect(created.headers["x-acs-request-id"]).toBe(created.body.RequestId);
  const { MonitorId = "" } = created.body as Record<string, string>;
  expect(lab.call("Start", { MonitorId }).body).toEqual({ RequestId: expect.any(String) });
  expect(lab.call("List").body).toMatchObject({ Total: 1, RequestId: expect.any(String) });
  expect(lab.call("Stop", { MonitorId: UNKNOWN })).toEqual({
    httpStatus: 404,
    headers: { "x-acs-request-id": expect.any(String) },
    body: {
      RequestId: expect.any(String),
      HostId: "live.aliyuncs.com",
      Code: "StreamMonitorNotExist",
      Message: "stream monitor not exist, please check and try again later.",
      Recommend: "https://next.api.aliyun.com/troubleshoot?q=StreamMonitorNotExist&product=live",
    },
  });
});

describe("the table of transitions", () => {
  test.each([
    ["Start", "200"],
    ["Stop", "400 StreamMonitorAlreadyStop"],
    ["Update", "200"],
    ["Delete", "200"],
  ])("%s of a session that rests: %s", (action, answer) => {
    const lab = new Lab();
    expect(lab.say(action, { ...FIELDS, MonitorId: lab.create() })).toBe(answer);
  });

  test.each([
    ["Start", "400 StreamMonitorAlreadyStarted"],
    ["Stop", "200"],
    ["Update", "200"],
    ["Delete", "400 StreamMonitorAlreadyStarted"],
  ])("%s of a session that runs: %s", (action, answer) => {
    const lab = new Lab();
    expect(lab.say(action, { ...FIELDS, MonitorId: lab.started() })).toBe(answer);
  });

  test.each(STATEFUL)("%s of a session that is not there, is gone, or is another account's", (action) => {
    const lab = new Lab();
    const gone = lab.create();
    lab.say("Delete", { MonitorId: gone });
    const ours = lab.create();
    const notThere = "404 StreamMonitorNotExist";
    expect(lab.say(action, { ...FIELDS, MonitorId: UNKNOWN })).toBe(notThere);
    expect(lab.say(action, { ...FIELDS, MonitorId: gone })).toBe(notThere);
    expect(lab.say(action, { ...FIELDS, MonitorId: ours }, { accessKeyId: "others" })).toBe(notThere);
    expect(lab.session(ours)).toMatchObject({ Status: 0 });
  });

  test.each(STATEFUL)("%s without an id, or with one that is none", (action) => {
    const lab = new Lab();
    expect(lab.say(action, FIELDS)).toBe("400 MissingParameter");
    expect(lab.say(action, { ...FIELDS, MonitorId: "" })).toBe("400 MissingParameter");
    expect(lab.say(action, { ...FIELDS, MonitorId: "wall" })).toBe("400 InvalidMonitorId.Malformed");
  });
});

describe("start and stop take time", () => {
  test("while a start is under way, it still shows as resting, but cannot be deleted", () => {
    const lab = new Lab({ switches: { startDelayMs: 1000 } });
    const MonitorId = lab.create();
    lab.say("Start", { MonitorId });
    expect(lab.pass(999).list()).toMatchObject([{ Status: 0 }]);
    expect(lab.say("Delete", { MonitorId })).toBe("400 StreamMonitorAlreadyStarted");
    expect(lab.pass(1).list()).toMatchObject([{ Status: 1 }]);
  });

  test("while a stop is under way, it still shows as running, and cannot be deleted", () => {
    const lab = new Lab({ switches: { stopDelayMs: 1000 } });
    const MonitorId = lab.started();
    lab.say("Stop", { MonitorId });
    expect(lab.pass(999).list()).toMatchObject([{ Status: 1 }]);
    expect(lab.say("Delete", { MonitorId })).toBe("400 StreamMonitorAlreadyStarted");
    expect(lab.say("Stop", { MonitorId })).toBe("400 StreamMonitorAlreadyStop");
    expect(lab.pass(1).list()).toMatchObject([{ Status: 0 }]);
    expect(lab.say("Delete", { MonitorId })).toBe("200");
  });

  test("the times are those at which it happened, not at which somebody looked", () => {
    const lab = new Lab({ switches: { startDelayMs: 2000, stopDelayMs: 3000 } });
    const MonitorId = lab.create();
    lab.say("Start", { MonitorId });
    expect(lab.pass(60_000).list()).toMatchObject([{ StartTime: "2026-01-01T00:00:02Z" }]);
    lab.say("Stop", { MonitorId });
    expect(lab.pass(60_000).list()).toMatchObject([{ StopTime: "2026-01-01T00:01:03Z" }]);
  });

  test("a stop overtakes a start that is under way", () => {
    const lab = new Lab({ switches: { startDelayMs: 1000, stopDelayMs: 100 } });
    const MonitorId = lab.create();
    lab.say("Start", { MonitorId });
    expect(lab.say("Stop", { MonitorId })).toBe("200");
    expect(lab.pass(5000).list()).toMatchObject([{ Status: 0 }]);
    expect(lab.list()[0]).not.toHaveProperty("StartTime");
  });
});

test("a quota counts the sessions of one account in one region", () => {
  const lab = new Lab({ switches: { quota: 2 } });
  lab.create();
  const second = lab.create();
  expect(lab.say("Create", FIELDS)).toBe("403 UserQuotaExceed");
  expect(lab.say("Create", { ...FIELDS, RegionId: "cn-beijing" })).toBe("200");
  expect(lab.say("Create", FIELDS, { accessKeyId: "others" })).toBe("200");
  lab.say("Delete", { MonitorId: second });
  expect(lab.say("Create", FIELDS)).toBe("200");
});

test("a session belongs to the region that was asked for", () => {
  const lab = new Lab({ switches: { regionScoped: true } });
  const MonitorId = lab.create({ RegionId: "cn-beijing" });
  expect(lab.list()).toEqual([]);
  expect(lab.list({ RegionId: "cn-beijing" })).toMatchObject([{ Region: "cn-beijing" }]);
  expect(lab.say("Delete", { MonitorId })).toBe("404 StreamMonitorNotExist");
  expect(lab.say("Delete", { MonitorId, RegionId: "cn-beijing" })).toBe("200");
});
