import { scenario } from "./harness/scenario";

scenario("up creates and starts a session, and destroy stops and deletes it", async (stack) => {
  stack.wall({ running: true });
  await stack.do("up");
  expect(stack.session).toMatchObject({ Status: 1, Domain: "play.example.com", OutputTemplate: "lp_hd" });
  expect(stack.session.MonitorName).toMatch(/^shop--dev--wall--[0-9a-z]{8}$/);
  const monitor = await stack.monitor();
  expect(monitor.id).toBe(stack.session.MonitorId);
  expect(monitor.outputs).toMatchObject({ monitorId: monitor.id, status: "running", region: "cn-shanghai" });
  expect(stack.writes()).toEqual(["Create", "Start"]);

  await stack.do("destroy");
  expect(stack.writes()).toEqual(["Stop", "Delete"]);
  expect(stack.sessions).toEqual([]);
  expect((await stack.state()).resources).toEqual([]);
});

scenario("a second up calls nothing and leaves the state as it is", async (stack) => {
  stack.wall({ running: true });
  await stack.do("up");
  const before = await stack.state();
  stack.calls();
  await stack.do("up");
  expect(stack.calls()).toEqual([]);
  expect(await stack.state()).toEqual(before);
  await stack.do("preview");
  expect(stack.calls()).toEqual([]);
  await stack.do("destroy");
});

scenario("a destroy of what is destroyed does nothing", async (stack) => {
  stack.wall();
  await stack.do("up");
  await stack.do("destroy");
  stack.calls();
  await stack.do("destroy");
  expect(stack.calls()).toEqual([]);
});
