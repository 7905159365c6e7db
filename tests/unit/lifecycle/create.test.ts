import { automaticName } from "../../../provider/model/names";
import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const CREATE = "CreateLiveStreamMonitor";
const LIST = "DescribeLiveStreamMonitorList";
const OWNER = { project: "shop", stack: "dev", resource: "wall" };

const count = (stage: Stage, action: string) => stage.cloud.actions().filter((each) => each === action).length;

test("creates, and records all that a later delete needs", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
  expect(stage.cloud.actions()).toEqual(["GetCallerIdentity", LIST, LIST, CREATE, LIST]);
  expect(outs).toMatchObject({
    ...ARGS,
    __provider: "text",
    __auto: ["stream", "app"],
    monitorName: "wall",
    monitorId: id,
    status: "stopped",
    region: "cn-shanghai",
    endpoint: "live.aliyuncs.com",
    accountId: "1000",
    seal: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(JSON.parse(JSON.stringify(outs))).toEqual(outs);
});

test("starts what is to run, and returns once the list shows it", async () => {
  const stage = new Stage();
  const { outs } = await stage.create({ ...ARGS, running: true });
  expect(outs.status).toBe("running");
  expect(count(stage, "StartLiveStreamMonitor")).toBe(1);
});

test("a lost answer, carried out: the session is found, not made twice", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: true });
  const { id } = await stage.create(ARGS);
  expect([...stage.cloud.sessions.keys()]).toEqual([id]);
  expect(count(stage, CREATE)).toBe(1);
});

test.each([
  ["a lost answer", { kind: "lose", carriedOut: false }],
  ["a proxy's page", { kind: "html", status: 502 }],
  ["an error of the server", { kind: "refuse", code: "InternalError", status: 500 }],
  ["an answer without an id", { kind: "answer", body: { RequestId: "r", MonitorId: "" } }],
] as const)("%s, not carried out: looks until the deadline, and names the exact session", async (_what, twist) => {
  const stage = new Stage();
  stage.cloud.script(CREATE, twist);
  const error = await thrownBy(stage.create({ ...ARGS, monitorName: "wall of shop" }));
  expect(error.message).toMatch(
    /Session wall of shop, which that call may have created, did not appear during the operation\..*Look for that exact name.*`pulumi up --stack dev` creates another session/,
  );
  expect(error).not.toHaveProperty("id");
  expect(count(stage, CREATE)).toBe(1);
});

test("a session that appears late is still found", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: false });
  const creating = stage.create({ ...ARGS, monitorName: "late", app: "a", stream: "s" });
  const OutputUrls = { RtmpUrl: "rtmp://play.example.com/a/s" };
  void stage.clock
    .sleep(120_000)
    .then(() => stage.cloud.add({ MonitorId: "late-id", MonitorName: "late", OutputUrls }));
  expect((await creating).id).toBe("late-id");
});

test("a session of a chosen name whose stream nobody tells may be anybody's, and is not taken", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: false });
  const creating = thrownBy(stage.create({ ...ARGS, monitorName: "wall" }));
  void stage.clock.sleep(20_000).then(() => stage.cloud.add({ MonitorId: "foreign", MonitorName: "wall" }));
  expect((await creating).message).toMatch(/a session named wall appeared \(foreign\)\. It is not clear which/);
});

test("what this process owns already is not taken for a session that was lost", async () => {
  const stage = new Stage();
  const args = { ...ARGS, monitorName: "wall", app: "a", stream: "s", timeouts: { create: "30s" } };
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: false });
  const creating = thrownBy(stage.create(args));
  const OutputUrls = { RtmpUrl: "rtmp://play.example.com/a/s" };
  void stage.clock.sleep(12_000).then(async () => {
    stage.cloud.add({ MonitorId: "own", MonitorName: "wall", OutputUrls });
    await stage.hooks.read?.("own", {});
  });
  expect((await creating).message).toMatch(/Session wall, which that call may have created, did not appear/);
});

test("two sessions that may both be ours are not guessed between", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: true });
  const creating = thrownBy(stage.create({ ...ARGS, monitorName: "wall", stream: "s", app: "a" }));
  void stage.clock.sleep(50).then(() => stage.cloud.add({ MonitorId: "twin", MonitorName: "wall" }));
  expect((await creating).message).toMatch(/2 sessions named wall appeared \(.*twin.*\)\. It is not clear which/);
});

test("neither namesakes that were there before nor those that stream elsewhere are taken for ours", async () => {
  const stage = new Stage();
  const before = stage.cloud.add({ MonitorName: "wall" });
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: true });
  void stage.clock.sleep(50).then(() => {
    stage.cloud.add({ MonitorName: "wall", OutputUrls: { RtmpUrl: "rtmp://play.example.com/a/other" } });
    stage.cloud.add({ MonitorName: "wall", Domain: "other.example.com" });
  });
  const { id } = await stage.create({ ...ARGS, monitorName: "wall", stream: "mine" });
  expect(id).not.toBe(before);
  expect(stage.cloud.sessions.get(id)?.OutputUrls?.RtmpUrl).toMatch(/\/mine$/);
});

test("a look for a lost create that is refused says so, and names the session", async () => {
  const stage = new Stage();
  const empty = { kind: "answer", body: { RequestId: "r", Total: 0, LiveStreamMonitorList: [] } } as const;
  stage.cloud.script(LIST, empty, empty, { kind: "refuse", code: "Forbidden.RAM", status: 403 });
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: true });
  const error = await thrownBy(stage.create({ ...ARGS, monitorName: "wall" }));
  expect(error.message).toMatch(/Session wall, which that call may have created, could not be looked for: .*Forbidden/);
});

test("what was never sent, or throttled, is sent again", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "not-sent" }, { kind: "refuse", code: "Throttling.User", status: 400 });
  await stage.create(ARGS);
  expect(count(stage, CREATE)).toBe(3);
  expect(stage.cloud.sessions.size).toBe(1);
});

test("a refused create makes nothing, and says what to do", async () => {
  const stage = new Stage();
  stage.cloud.script(CREATE, { kind: "refuse", code: "Forbidden.RAM", status: 403 });
  const error = await thrownBy(stage.create(ARGS));
  expect(error.message).toMatch(/answered Forbidden\.RAM .*Grant the RAM user.*No session was created\./);
  expect(error).not.toHaveProperty("id");
});

test("a start that fails leaves a session that the state knows", async () => {
  const stage = new Stage();
  stage.cloud.script("StartLiveStreamMonitor", { kind: "refuse", code: "UserQuotaExceed", status: 403 });
  const error = await thrownBy(stage.create({ ...ARGS, running: true }));
  const [id] = [...stage.cloud.sessions.keys()];
  expect(error.id).toBe(id);
  expect(error.reasons).toEqual([error.message]);
  expect(error.message).toMatch(/UserQuotaExceed.*20 sessions per region.*is in the state as unfinished/);
  expect(error.properties).toMatchObject({ __provider: "text", __incomplete: true, monitorId: id, accountId: "1000" });
  expect(JSON.parse(JSON.stringify(error.properties))).toEqual(error.properties);
});

test("a start that does not show until the deadline leaves one too, and says what took the time", async () => {
  const stage = new Stage();
  stage.cloud.delayMs = 3_600_000;
  const error = await thrownBy(stage.create({ ...ARGS, running: true, timeouts: { create: "1m" } }));
  expect(error.id).toBe([...stage.cloud.sessions.keys()][0]);
  expect(error.message).toMatch(
    /did not end within 1m\. A last look shows it stopped\..*Run `pulumi up --stack dev` to continue\. For more time, raise `timeouts\.update`, which applies/,
  );
});

test("an unknown account makes nothing, unless told not to ask", async () => {
  const stage = new Stage();
  stage.cloud.script("GetCallerIdentity", { kind: "refuse", code: "NoPermission", status: 403 });
  const error = await thrownBy(stage.create(ARGS));
  expect(error.message).toMatch(/ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1.*No session was created/);
  expect(stage.cloud.actions()).toEqual(["GetCallerIdentity"]);
  stage.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK = "1";
  stage.start();
  const { outs } = await stage.create(ARGS);
  expect(outs).not.toHaveProperty("accountId");
});

test("an account that STS does not tell in time is an error that names the way out; a wrong key is not", async () => {
  const stage = new Stage();
  const away = Array.from({ length: 200 }, () => ({ kind: "html" as const, status: 502 }));
  stage.cloud.script("GetCallerIdentity", ...away);
  const late = await thrownBy(stage.create(ARGS));
  expect(late.message).toMatch(
    /did not end within 5m\..*asking which account this is 5m.*GetCallerIdentity \d+.*No session was created.*SKIP_ACCOUNT_CHECK=1/,
  );
  const other = new Stage();
  other.cloud.script("GetCallerIdentity", { kind: "refuse", code: "InvalidAccessKeyId.NotFound", status: 404 });
  const wrong = await thrownBy(other.create(ARGS));
  expect(wrong.message).toMatch(/Check the access key.*No session was created/);
  expect(wrong.message).not.toContain("SKIP_ACCOUNT_CHECK");
  expect([...stage.cloud.actions(), ...other.cloud.actions()].filter((each) => each !== "GetCallerIdentity")).toEqual(
    [],
  );
});

test("sessions that an earlier create may have left are warned of, with name and id", async () => {
  const stage = new Stage();
  await stage.create(ARGS);
  const left = automaticName(OWNER, () => 0.5);
  stage.cloud.add({ MonitorId: "left-1", MonitorName: left });
  stage.cloud.add({ MonitorId: "left-2", MonitorName: left });
  stage.cloud.add({ MonitorId: "foreign", MonitorName: automaticName({ ...OWNER, resource: "other" }, () => 0.5) });
  await stage.clock.run(stage.clock.sleep(10_000));
  await stage.create(ARGS);
  const warnings = stage.lines.filter((line) => line.severity === "warning");
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.text).toContain(`2 sessions named like this resource's own: ${left} (left-1)`);
  expect(warnings[0]?.text).not.toContain("foreign");
});

test("nothing is sent for an engine that no longer answers", async () => {
  const stage = new Stage();
  stage.engineAlive = false;
  expect((await thrownBy(stage.create(ARGS))).message).toMatch(/The Pulumi engine no longer answers/);
  expect(stage.cloud.actions()).not.toContain(CREATE);
});

test("a session that answered another create is not taken for one that was lost, nor had twice", async () => {
  const stage = new Stage();
  const args = { ...ARGS, monitorName: "same", app: "a", stream: "same" };
  stage.cloud.script(CREATE, { kind: "lose", carriedOut: false });
  const [lost, made] = await Promise.allSettled([stage.create(args), stage.create({ ...args, __urn: `${URN}2` })]);
  const ids = [lost, made].flatMap((each) => (each.status === "fulfilled" ? [each.value.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...stage.cloud.sessions.keys()]));
});

test("a create that only looked until its deadline says that it changed nothing", async () => {
  const stage = new Stage();
  const away = Array.from({ length: 400 }, () => ({ kind: "html" as const, status: 502 }));
  stage.cloud.script("DescribeLiveStreamMonitorList", ...away);
  const { message } = await thrownBy(stage.create({ ...ARGS, timeouts: { create: "1m" } }));
  expect(message).toMatch(/did not end within 1m\..*Nothing was sent that changes anything\. Run `pulumi up/);
});
