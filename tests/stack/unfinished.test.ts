import { HUSH, type Stack, scenario } from "./harness/scenario";

const NO_START = { action: "StartLiveStreamMonitor", kind: "error", status: 403, code: "UserQuotaExceed" } as const;
const NO_UPDATE = { action: "UpdateLiveStreamMonitor", kind: "error", status: 403, code: "Forbidden.RAM" } as const;

/** An up whose session is made but cannot be started. */
async function upHalfway(stack: Stack): Promise<void> {
  stack.fault(NO_START);
  stack.wall({ running: true });
  const log = await stack.fails("up");
  expect(log).toMatch(/StartLiveStreamMonitor answered UserQuotaExceed \(HTTP 403, request id \S+\)/);
  expect(log).toMatch(
    /Session \S+ exists and is in the state as unfinished\. Run `pulumi up` again .*`pulumi destroy`/,
  );
  const monitor = await stack.monitor();
  expect(monitor.id).toBe(stack.session.MonitorId);
  expect(monitor.initErrors).toEqual([expect.stringContaining("UserQuotaExceed")]);
  expect(stack.writes()).toEqual(["Create", "Start"]);
}

scenario(
  "a start that fails after the create leaves neither an orphan nor a double: the next up finishes it",
  async (stack) => {
    await upHalfway(stack);
    await stack.do("refresh");
    const { id } = await stack.monitor();
    expect(id).toBe(stack.session.MonitorId);
    stack.calls();
    stack.fault();
    await stack.do("up");
    expect(stack.writes()).toContain("Start");
    expect(stack.session).toMatchObject({ MonitorId: id, Status: 1 });
    expect(await stack.monitor()).not.toHaveProperty("initErrors");
  },
  { core: true },
);

scenario(
  "an update that never began leaves the state as it was; one that fails halfway is finished by the next up",
  async (stack) => {
    stack.wall({ callbackUrl: `https://example.com/?a=${HUSH}` });
    await stack.do("up");
    const before = await stack.monitor();
    stack.fault(NO_UPDATE);
    const changed = { callbackUrl: `https://example.com/?b=${HUSH}`, running: true };
    stack.wall(changed);
    expect(await stack.fails("up")).toMatch(/UpdateLiveStreamMonitor answered Forbidden\.RAM.*Grant the RAM user/);
    expect((await stack.monitor()).inputs).toEqual(before.inputs);
    stack.fault(NO_START);
    expect(await stack.fails("up")).toMatch(/UserQuotaExceed/);
    expect(stack.session).toMatchObject({ MonitorId: before.id, CallbackUrl: changed.callbackUrl, Status: 0 });
    expect((await stack.monitor()).initErrors).toHaveLength(1);
    stack.fault();
    await stack.do("up");
    expect(stack.session).toMatchObject({ MonitorId: before.id, CallbackUrl: changed.callbackUrl, Status: 1 });
  },
);

scenario("a create that is refused leaves nothing, and a create whose answer is lost is found", async (stack) => {
  stack.set({ quota: 0 });
  stack.wall();
  expect(await stack.fails("up")).toMatch(/CreateLiveStreamMonitor answered UserQuotaExceed.*delete sessions/);
  expect(await stack.monitors()).toEqual([]);
  stack.set({ quota: 20 });
  stack.fault({ action: "CreateLiveStreamMonitor", kind: "drop-after", times: 1 });
  stack.calls();
  await stack.do("up");
  expect(stack.writes()).toEqual(["Create"]);
  expect((await stack.monitor()).id).toBe(stack.session.MonitorId);
});

scenario("what was adopted but not finished is finished by the next up", async (stack) => {
  const id = stack.act("create", {
    MonitorName: "theirs",
    Domain: "play.example.com",
    OutputTemplate: "lp_ld",
    InputList: JSON.stringify([{ InputUrl: "rtmp://play.example.com/app/theirs" }]),
  });
  stack.foreign.clear();
  stack.fault(NO_UPDATE);
  stack.wall({ adopt: { monitorId: id }, running: true });
  expect(await stack.fails("up")).toMatch(/Forbidden\.RAM/);
  expect(await stack.monitor()).toMatchObject({ id, initErrors: [expect.anything()] });
  stack.fault();
  await stack.do("up");
  expect(stack.session).toMatchObject({ MonitorId: id, OutputTemplate: "lp_hd", Status: 1 });
});
