import { HUSH, type Stack, scenario } from "./harness/scenario";

/** Brings a wall up, then with other arguments, and says what was called for the change. */
async function change(stack: Stack, before: object, after: object, options: object = {}): Promise<string[]> {
  stack.wall(before, options);
  await stack.do("up");
  stack.calls();
  stack.wall(after, options);
  await stack.do("up");
  const writes = stack.writes();
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  await stack.do("destroy");
  return writes;
}

const INPUT = { inputUrl: `rtmp://play.example.com/app/two?auth_key=${HUSH}`, layoutId: 1 };

scenario("every argument of the session is updated in place", async (stack) => {
  stack.wall({
    running: true,
    callbackUrl: `https://example.com/alert?token=${HUSH}`,
    monitorConfig: { fpsLowThres: 0.5 },
  });
  await stack.do("up");
  const { MonitorId: id } = stack.session;
  const changes: [object, object][] = [
    [{ domain: "other.example.com" }, { Domain: "other.example.com" }],
    [{ outputTemplate: "lp_ud" }, { OutputTemplate: "lp_ud" }],
    [{ inputList: [INPUT] }, { InputList: [{ InputUrl: INPUT.inputUrl, LayoutId: 1 }] }],
    [{ monitorName: "a name" }, { MonitorName: "a name" }],
    [{ app: "other" }, { App: "other" }],
    [{ stream: "other-stream" }, { Stream: "other-stream" }],
    [{ monitorConfig: { brLowThres: 1.1 } }, { MonitorConfig: '{"brLowThres":1.1}' }],
    [
      { callbackUrl: `https://example.com/other?token=${HUSH}` },
      { CallbackUrl: `https://example.com/other?token=${HUSH}` },
    ],
    [
      { dingTalkWebHookUrl: `https://example.com/robot?t=${HUSH}` },
      { DingTalkWebHookUrl: `https://example.com/robot?t=${HUSH}` },
    ],
  ];
  let args: object = { running: true };
  for (const [declared, expected] of changes) {
    args = { ...args, ...declared };
    stack.calls();
    stack.wall(args);
    await stack.do("up");
    expect(stack.writes()).toEqual(["Update"]);
    expect(stack.session).toMatchObject({ MonitorId: id, Status: 1, ...expected });
  }
  stack.calls();
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  await stack.do("destroy");
});

scenario("what is no longer declared is cleared", async (stack) => {
  const addresses = {
    callbackUrl: `https://example.com/?a=${HUSH}`,
    dingTalkWebHookUrl: `https://example.com/?b=${HUSH}`,
  };
  stack.wall({ ...addresses, monitorConfig: { fpsLowThres: 0.5 } });
  await stack.do("up");
  stack.calls();
  stack.wall();
  await stack.do("up");
  expect(stack.writes()).toEqual(["Update"]);
  expect(stack.session).toMatchObject({ CallbackUrl: "", DingTalkWebHookUrl: "", MonitorConfig: "{}" });
  await stack.do("destroy");
});

scenario("an address that the cloud does not clear is warned about", async (stack) => {
  stack.server.cloud.setSwitches({ emptyClears: false });
  stack.wall({ callbackUrl: `https://example.com/?a=${HUSH}` });
  await stack.do("up");
  stack.wall();
  expect(await stack.do("up")).toMatch(/CallbackUrl of session \S+ could not be cleared/);
  await stack.do("destroy");
});

scenario("running is started and stopped", async (stack) => {
  expect(await change(stack, { running: false }, { running: true })).toEqual(["Start"]);
  expect(await change(stack, { running: true }, { running: false })).toEqual(["Stop"]);
  expect(await change(stack, { running: true }, {})).toEqual([]);
});

scenario("policies and timeouts change only the state", async (stack) => {
  stack.wall({ running: true });
  await stack.do("up");
  stack.calls();
  stack.wall({ running: true, onDelete: "refuse", timeouts: { delete: "7m" } });
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  expect((await stack.monitor()).outputs).toMatchObject({
    onDelete: "refuse",
    timeouts: { delete: "7m" },
    status: "running",
  });
  expect(await stack.fails("destroy")).toMatch(/"refuse"/);
  stack.wall({ running: true }, { customTimeouts: { delete: "9m" } });
  await stack.do("up");
  expect((await stack.monitor()).outputs).toMatchObject({ timeouts: { delete: "9m" } });
  await stack.do("destroy");
});

scenario("the order of keys is no difference", async (stack) => {
  const one = { inputList: [{ inputUrl: "rtmp://a.example.com/a/b", layoutId: 1, playConfig: { volumeRate: 0.5 } }] };
  const other = { inputList: [{ playConfig: { volumeRate: 0.5 }, layoutId: 1, inputUrl: "rtmp://a.example.com/a/b" }] };
  expect(await change(stack, one, other)).toEqual([]);
});

scenario("a change of region replaces, the new session first", async (stack) => {
  expect(await change(stack, {}, { region: "cn-beijing" })).toEqual(["Create", "Delete"]);
});

scenario("with a chosen name or stream the old session is deleted first", async (stack) => {
  expect(await change(stack, { monitorName: "mine" }, { monitorName: "mine", region: "cn-beijing" })).toEqual([
    "Delete",
    "Create",
  ]);
  expect(await change(stack, { stream: "mine" }, { stream: "mine", region: "cn-beijing" })).toEqual([
    "Delete",
    "Create",
  ]);
});

scenario("the environment's region seeds a create, and never moves a session", async (stack) => {
  stack.wall();
  await stack.do("up");
  stack.calls();
  await stack.do("up", { env: { ALIBABA_CLOUD_REGION: "cn-beijing" } });
  expect(stack.calls()).toEqual([]);
  await stack.do("destroy", { env: { ALIBABA_CLOUD_REGION: "cn-beijing" } });
  expect(stack.sessions).toEqual([]);
});
