import { ARGS, Stage } from "../support/stage";

/** One test for each guard that teardown is trusted for; `npm run mutations` takes each guard out and expects it to fail. */
const NEVER = "00000000-0000-4000-8000-00000000dead";

const writes = (stage: Stage) => stage.cloud.actions().filter((each) => !/^(Describe|Get)/.test(each));

test.each([
  ["InvalidAccessKeyId.NotFound", 404],
  ["InvalidApi.NotFound", 404],
  ["SomethingNotExist", 404],
])("a 404 with the code %s is not taken for gone", async (code, status) => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.script("DeleteLiveStreamMonitor", { kind: "refuse", code, status });
  await expect(stage.delete(id, outs)).rejects.toThrow(code);
  expect(stage.cloud.sessions.has(id)).toBe(true);
});

test("a list that says there is no such session does not keep the delete from being sent", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.script("DescribeLiveStreamMonitorList", { kind: "refuse", code: "StreamMonitorNotExist", status: 404 });
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(writes(stage)).toEqual(["DeleteLiveStreamMonitor"]);
  expect(stage.cloud.sessions.has(id)).toBe(false);
});

test("another account, endpoint or region is not believed, by delete, read or update", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.sessions.clear();
  const elsewhere: [RegExp, Record<string, unknown>][] = [
    [/account 1000 was asked.*belongs to account 2000/, { ...outs, accountId: "2000", seal: undefined }],
    [
      /was made at live-vpc.elsewhere.example.com/,
      { ...outs, endpoint: "live-vpc.elsewhere.example.com", seal: undefined },
    ],
    [/was edited there/, { ...outs, region: "cn-beijing" }],
    [/was edited there/, { ...outs, monitorId: NEVER }],
  ];
  for (const [message, edited] of elsewhere.slice(0, 3)) {
    await expect(stage.delete(id, edited)).rejects.toThrow(message);
    await expect(stage.read(id, edited)).rejects.toThrow(message);
    await expect(stage.update(id, edited, { ...ARGS, outputTemplate: "lp_ld" })).rejects.toThrow(message);
  }
  await expect(stage.delete(NEVER, outs)).rejects.toThrow(/this resource has the id .*dead, but the provider saved/);
  await stage.delete(id, outs);
});

test("STS out of reach is no reason to believe", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.sessions.clear();
  stage.start();
  stage.cloud.script("GetCallerIdentity", { kind: "refuse", code: "Forbidden.RAM", status: 403 });
  await expect(stage.delete(id, outs)).rejects.toThrow(/the account that answered is unknown/);
  stage.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK = "1";
  await stage.delete(id, outs);
});

test("a read believes only three looks that span half a minute", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const session = stage.cloud.sessions.get(id);
  stage.cloud.sessions.clear();
  stage.cloud.script("DescribeLiveStreamMonitorList");
  void stage.clock.sleep(3_000).then(() => session && stage.cloud.sessions.set(id, session));
  expect((await stage.read(id, outs)).id).toBe(id);
  stage.cloud.sessions.clear();
  stage.cloud.calls.length = 0;
  expect((await stage.read(id, outs)).id).toBeUndefined();
  const looks = stage.cloud.calls.filter((call) => call.query.MonitorId === id);
  expect(looks).toHaveLength(3);
  expect((looks[2]?.time ?? 0) - (looks[0]?.time ?? 0)).toBeGreaterThanOrEqual(30_000);
});

test("a delete whose answer is lost is not sent again before a look", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.calls.length = 0;
  stage.cloud.script("DeleteLiveStreamMonitor", { kind: "html", status: 503 });
  await stage.delete(id, outs);
  expect(stage.cloud.actions().join()).not.toMatch(/DeleteLiveStreamMonitor,DeleteLiveStreamMonitor/);
});

test("a create whose answer is lost never makes two", async () => {
  const stage = new Stage();
  stage.cloud.script("CreateLiveStreamMonitor", { kind: "lose", carriedOut: true });
  const { id } = await stage.create(ARGS);
  expect([...stage.cloud.sessions.keys()]).toEqual([id]);
  expect(writes(stage)).toEqual(["CreateLiveStreamMonitor"]);
});

test("a create that provably never left is sent again", async () => {
  const stage = new Stage();
  stage.cloud.script("CreateLiveStreamMonitor", { kind: "not-sent" });
  await stage.create(ARGS);
  expect(writes(stage)).toEqual(["CreateLiveStreamMonitor", "CreateLiveStreamMonitor"]);
});

test("a session that was there before the create is never taken for ours", async () => {
  const stage = new Stage();
  stage.cloud.add({ MonitorName: "mine", Domain: ARGS.domain });
  stage.cloud.script("CreateLiveStreamMonitor", { kind: "lose", carriedOut: false });
  await expect(stage.create({ ...ARGS, monitorName: "mine" })).rejects.toThrow(
    /Session mine, which that call may have created/,
  );
});

test("two sessions that may be ours are an error, not a guess", async () => {
  const stage = new Stage();
  stage.cloud.script("CreateLiveStreamMonitor", { kind: "lose", carriedOut: false });
  void stage.clock.sleep(1_000).then(() => {
    const OutputUrls = { RtmpUrl: "rtmp://play.example.com/a/s" };
    stage.cloud.add({ MonitorName: "mine", Domain: ARGS.domain, OutputUrls });
    stage.cloud.add({ MonitorName: "mine", Domain: ARGS.domain, OutputUrls });
  });
  const args = { ...ARGS, monitorName: "mine", app: "a", stream: "s" };
  await expect(stage.create(args)).rejects.toThrow(/2 sessions named mine appeared/);
});

test("after a stop it waits until the session has stopped", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  stage.cloud.delayMs = 20_000;
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(writes(stage).filter((each) => each.startsWith("Delete"))).toHaveLength(1);
});

test("a session that is started again behind our back is stopped again", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  stage.cloud.script("StopLiveStreamMonitor", { kind: "answer", body: { RequestId: "did nothing" } });
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
});

test.each([
  ["an unknown code", { code: "SomethingNew", status: 400 }],
  ["IllegalOperation", { code: "IllegalOperation", status: 401 }],
])("a delete refused with %s is looked into", async (_what, runningDelete) => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  Object.assign(stage.cloud, { runningDelete });
  const stale = { kind: "answer", body: { RequestId: "stale", Total: 0, LiveStreamMonitorList: [] } } as const;
  // The list, and the question for the session that it does not show.
  stage.cloud.script("DescribeLiveStreamMonitorList", stale, stale);
  stage.cloud.calls.length = 0;
  await stage.delete(id, outs);
  expect(writes(stage)[0]).toMatch(/^Delete/);
  expect(stage.cloud.sessions.size).toBe(0);
});

test("a session that is refused for no reason that a look shows is given up after a few times", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const no = { kind: "refuse", code: "SomethingNew", status: 400 } as const;
  stage.cloud.script("DeleteLiveStreamMonitor", ...Array.from({ length: 50 }, () => no));
  stage.cloud.calls.length = 0;
  await expect(stage.delete(id, outs)).rejects.toThrow(/SomethingNew.*request id req-refused.*stays in the state/);
  expect(writes(stage).length).toBeLessThan(10);
});

test("a create that fails after the session exists says which one it is", async () => {
  const stage = new Stage();
  stage.cloud.script("StartLiveStreamMonitor", { kind: "refuse", code: "UserQuotaExceed", status: 403 });
  const error = await stage.create({ ...ARGS, running: true }).catch((each: unknown) => each);
  const [id] = [...stage.cloud.sessions.keys()];
  expect(error).toMatchObject({ id, reasons: [expect.stringMatching(/UserQuotaExceed/)] });
  expect(error).toMatchObject({ properties: { __provider: "text", monitorId: id, accountId: "1000" } });
});

test("no other error carries an id or a numeric code, or shows a secret", async () => {
  const stage = new Stage();
  stage.cloud.script("CreateLiveStreamMonitor", {
    kind: "refuse",
    code: "InvalidParameter.Malformed",
    status: 400,
    message: "https://play.example.com/?auth_key=topsecret test-secret",
  });
  const error = (await stage.create(ARGS).catch((each: unknown) => each)) as Error & Record<string, unknown>;
  expect(error.id).toBeUndefined();
  expect(typeof error.code).not.toBe("number");
  expect(`${error.message} ${error.stack}`).not.toMatch(/topsecret|test-secret/);
  expect(error.stack?.split("\n")).toHaveLength(1);
});

test("nothing is sent for an engine that is gone", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  stage.cloud.calls.length = 0;
  stage.engineAlive = false;
  await expect(stage.delete(id, outs)).rejects.toThrow(/no longer answers/);
  expect(writes(stage)).toEqual([]);
});

test("one deadline ends pacing, sleeping, calls and polling", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true, timeouts: { delete: "30s" } });
  stage.cloud.delayMs = 3600_000;
  const began = stage.clock.now();
  await expect(stage.delete(id, outs)).rejects.toThrow(/did not end within 30s/);
  expect(stage.clock.now() - began).toBeLessThan(40_000);
});

test("the policies refuse and wait never stop a session, and the environment beats them", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true, onDelete: "refuse" });
  stage.cloud.calls.length = 0;
  await expect(stage.delete(id, outs)).rejects.toThrow(/"refuse"/);
  await expect(stage.delete(id, { ...outs, onDelete: "wait", timeouts: { delete: "60s" } })).rejects.toThrow(
    /within 1m/,
  );
  expect(writes(stage)).toEqual([]);
  stage.env.ALICLOUD_LIVE_ON_DELETE = "stop";
  await stage.delete(id, outs);
});

test("what adopts is not replaced", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create(ARGS);
  const news = { ...(await stage.checked(ARGS, outs)), region: "cn-beijing", adopt: { monitorId: id } };
  await expect(stage.diff(id, outs, news)).rejects.toThrow(/Remove `adopt` first/);
});
