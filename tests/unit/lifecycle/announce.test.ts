import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const CREATE = "CreateLiveStreamMonitor";
const calls = (stage: Stage) => stage.cloud.calls.map((call) => call.action);

test("a session is not made before the engine has its name", async () => {
  const stage = new Stage();
  stage.engineTakesLines = stage.clock.sleep(30_000);
  const creating = stage.create({ ...ARGS, monitorName: "wall" });
  await stage.clock.run(stage.clock.sleep(29_000));
  expect(stage.shown).toContain("session wall");
  expect(calls(stage)).not.toContain(CREATE);
  await creating;
  expect(calls(stage)).toContain(CREATE);
});

test("an engine that never takes the name does not hold a create beyond its deadline", async () => {
  const stage = new Stage();
  stage.engineTakesLines = new Promise(() => {});
  const error = await thrownBy(stage.create({ ...ARGS, timeouts: { create: "20s" } }));
  expect(error.message).toMatch(/The create did not end within 20s\..* telling Pulumi the name of the session \d+s/);
  expect(calls(stage)).not.toContain(CREATE);
});

test("a session that is taken over needs no announcement", async () => {
  const stage = new Stage();
  stage.cloud.add({ MonitorId: "theirs", MonitorName: "theirs" });
  await stage.create({ ...ARGS, adopt: { monitorId: "theirs" } });
  expect(stage.shown.filter((text) => text.startsWith("session"))).toEqual([]);
});

test("the name stands on the resource's row, or on the stack's where the resource's is not known", async () => {
  const stage = new Stage();
  const { monitorName: _none, ...inputs } = await stage.checked(ARGS);
  await stage.clock.run(stage.hooks.create({ ...inputs, monitorName: "one" }));
  await stage.clock.run(stage.hooks.create({ ...inputs, monitorName: "two", __urn: undefined }));
  const line = { severity: "info", ephemeral: true };
  expect(stage.lines).toEqual(
    expect.arrayContaining([
      { ...line, urn: URN, text: "session one" },
      { ...line, urn: undefined, text: "session two" },
    ]),
  );
});

test("a name that holds what must not be shown is told without it", async () => {
  const stage = new Stage();
  await stage.create({ ...ARGS, monitorName: "rtmp://a/b?auth_key=topsecret" });
  expect(stage.shown.join()).toContain("session rtmp://a/b?***");
  expect(stage.shown.join()).not.toContain("topsecret");
});
