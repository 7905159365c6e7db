import { MonitorLifecycle } from "../../../provider/lifecycle/monitor";
import { Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const NAME = "shop--dev--wall--0a1b2c3d";

async function listed(stage: Stage) {
  const lifecycle = new MonitorLifecycle({ config: () => undefined, env: stage.env }, stage.dependencies);
  const { sessions } = await stage.clock.run(lifecycle.list());
  const [session] = sessions;
  if (session === undefined) {
    throw new Error("nothing is listed");
  }
  return { session, remove: () => stage.clock.run(lifecycle.deleteListed(session, "stop")) };
}

test("what is as it was listed is stopped and deleted, though the shared list is fresh", async () => {
  const stage = new Stage();
  stage.cloud.add({ MonitorName: NAME, Status: 1, StartTime: "2026-01-01T00:00:00Z" });
  const { remove } = await listed(stage);
  await remove();
  expect(stage.cloud.sessions.size).toBe(0);
});

test.each([
  ["another name", { MonitorName: "studio" }],
  ["a generated name of another owner", { MonitorName: "shop--pr-2--wall--0a1b2c3d" }],
  ["a later expiry", { MonitorName: `${NAME}--x1` }],
  ["another start", { StartTime: "2026-01-02T00:00:00Z" }],
])("with %s it is left, and that is an error", async (_what, change) => {
  const stage = new Stage();
  const id = stage.cloud.add({ MonitorName: NAME, Status: 1, StartTime: "2026-01-01T00:00:00Z" });
  const { remove } = await listed(stage);
  Object.assign(stage.cloud.sessions.get(id) as object, change);
  stage.cloud.calls.length = 0;
  expect((await thrownBy(remove())).message).toMatch(/has changed since it was listed, so it was not deleted/);
  expect(stage.cloud.actions().filter((each) => /^(Stop|Delete)/.test(each))).toEqual([]);
  expect(stage.cloud.sessions.size).toBe(1);
});

test("a list that fails never lets it be deleted unseen", async () => {
  const stage = new Stage({ ALICLOUD_LIVE_DELETE_TIMEOUT: "3m" });
  stage.cloud.add({ MonitorName: NAME, Status: 1, StartTime: "2026-01-01T00:00:00Z" });
  const { remove } = await listed(stage);
  const down = { kind: "refuse", code: "ServiceUnavailable", status: 503 } as const;
  stage.cloud.script("DescribeLiveStreamMonitorList", ...Array(4000).fill(down));
  expect((await thrownBy(remove())).message).toMatch(/did not end within 3m/);
  expect(stage.cloud.sessions.size).toBe(1);
});
