import { type Stack, scenario } from "./harness/scenario";

async function upThenVanish(stack: Stack): Promise<void> {
  stack.wall({ running: true });
  await stack.do("up");
  const { MonitorId } = stack.session;
  stack.act("stop", { MonitorId });
  await new Promise((resolve) => setTimeout(resolve, 100));
  stack.act("delete", { MonitorId });
  stack.calls();
}

scenario("a session deleted by somebody else leaves the state by a refresh", async (stack) => {
  await upThenVanish(stack);
  await stack.do("refresh");
  expect(await stack.monitors()).toEqual([]);
  const reads = stack.calls().filter((call) => call.MonitorId !== "");
  expect((reads.at(-1)?.time ?? 0) - (reads[0]?.time ?? 0)).toBeGreaterThanOrEqual(5000);
  await stack.do("up");
  expect(stack.session.Status).toBe(1);
  await stack.do("destroy");
});

scenario("up --refresh makes a new one", async (stack) => {
  await upThenVanish(stack);
  await stack.do("up", { refresh: true });
  expect(stack.session.Status).toBe(1);
  await stack.do("destroy");
});

scenario("destroy takes it as done", async (stack) => {
  await upThenVanish(stack);
  await stack.do("destroy");
  expect(stack.writes()).toEqual(["Delete"]);
});

scenario("an update that finds its session gone says what to do", async (stack) => {
  await upThenVanish(stack);
  const { id } = await stack.monitor();
  stack.wall({ outputTemplate: "lp_ld", running: true });
  expect(await stack.fails("up")).toMatch(/is gone: it was deleted outside of Pulumi.*pulumi up --refresh/);
  expect((await stack.monitor()).id).toBe(id);
  await stack.do("up", { refresh: true });
  expect(stack.session.OutputTemplate).toBe("lp_ld");
  await stack.do("destroy");
});

scenario("a list that answers an unknown id with an error means the same", async (stack) => {
  stack.server.cloud.setSwitches({ unknownIdInList: "error" });
  await upThenVanish(stack);
  await stack.do("refresh");
  expect(await stack.monitors()).toEqual([]);
  await stack.do("destroy");
});
