import { HUSH, type Stack, scenario } from "./harness/scenario";

const ARGS = { running: true, monitorConfig: { fpsLowThres: 0.5 }, callbackUrl: `https://example.com/?a=${HUSH}` };

/** Somebody changes the session; a plain up sees nothing, a refresh shows it, `up --refresh` repairs it. */
async function drifts(stack: Stack, parameters: Record<string, string>, shown: object): Promise<void> {
  const InputList = JSON.stringify([{ InputUrl: `rtmp://play.example.com/app/one?auth_key=${HUSH}`, LayoutId: 1 }]);
  stack.act("update", { MonitorId: stack.session.MonitorId, InputList, ...parameters });
  const drifted = structuredClone(stack.session);
  stack.calls();
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  await stack.do("refresh");
  expect(stack.writes()).toEqual([]);
  expect(stack.session).toEqual(drifted);
  expect((await stack.monitor()).outputs).toMatchObject(shown);
  await stack.do("up");
  expect(stack.writes()).toEqual(["Update"]);
  stack.act("update", { MonitorId: stack.session.MonitorId, InputList, ...parameters });
  stack.calls();
  await stack.do("up", { refresh: true });
  expect(stack.writes()).toEqual(["Update"]);
}

scenario("drift in every field is shown by refresh and repaired by up --refresh", async (stack) => {
  stack.wall(ARGS);
  await stack.do("up");
  const before = structuredClone(stack.session);
  await drifts(stack, { MonitorName: "stolen" }, { monitorName: "stolen" });
  await drifts(stack, { OutputTemplate: "lp_ld" }, { outputTemplate: "lp_ld" });
  await drifts(stack, { Domain: "elsewhere.example.com" }, { domain: "elsewhere.example.com" });
  await drifts(stack, { Stream: "elsewhere" }, { stream: "elsewhere" });
  await drifts(stack, { MonitorConfig: '{"fpsLowThres":0.9}' }, { monitorConfig: { fpsLowThres: 0.9 } });
  await drifts(stack, { CallbackUrl: "" }, {});
  await drifts(
    stack,
    { InputList: JSON.stringify([{ InputUrl: `rtmp://spy.example.com/?k=${HUSH}` }]) },
    { inputList: { secret: [{ inputUrl: `rtmp://spy.example.com/?k=${HUSH}` }] } },
  );
  expect({ ...stack.session, StopTime: "" }).toEqual({ ...before, StopTime: "" });
  await stack.do("destroy");
});

scenario("an address that nobody declared is shown as a secret, and cleared", async (stack) => {
  stack.wall({ running: true });
  await stack.do("up");
  await drifts(
    stack,
    { DingTalkWebHookUrl: `https://spy.example.com/?token=${HUSH}` },
    { dingTalkWebHookUrl: { secret: `https://spy.example.com/?token=${HUSH}` } },
  );
  expect(stack.session.DingTalkWebHookUrl).toBe("");
  await stack.do("destroy");
});

scenario("a session that somebody stopped is started again by up --refresh", async (stack) => {
  stack.wall({ running: true });
  await stack.do("up");
  stack.act("stop", { MonitorId: stack.session.MonitorId });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await stack.do("refresh");
  expect((await stack.monitor()).outputs).toMatchObject({ status: "stopped", running: false });
  stack.calls();
  await stack.do("up");
  expect(stack.writes()).toEqual(["Start"]);
  await stack.do("destroy");
});

scenario("whether a session runs is left alone where nothing is declared", async (stack) => {
  stack.wall();
  await stack.do("up");
  stack.act("start", { MonitorId: stack.session.MonitorId });
  stack.calls();
  await stack.do("up", { refresh: true });
  expect(stack.writes()).toEqual([]);
  await stack.do("destroy");
  expect(stack.writes()).toEqual(["Stop", "Delete"]);
});

scenario("a refresh that finds everything as it was changes nothing", async (stack) => {
  stack.wall({ ...ARGS, dingTalkWebHookUrl: `https://example.com/?b=${HUSH}` });
  stack.server.cloud.setSwitches({ addsInputDefaults: true });
  await stack.do("up");
  const before = await stack.monitor();
  await stack.do("refresh");
  const { modified: _now, ...after } = await stack.monitor();
  expect(after).toEqual({ ...before, modified: undefined });
  stack.calls();
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  await stack.do("destroy");
});
