import { Announcements } from "../../../provider/lifecycle/announcements";
import type { EngineLine } from "../../../provider/lifecycle/progress";
import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";
import { VirtualClock } from "../../support/virtual-clock";

const CREATE = "CreateLiveStreamMonitor";
const calls = (stage: Stage) => stage.cloud.calls.map((call) => call.action);

function announcer(engineTakesMs = 0) {
  const clock = new VirtualClock();
  const lines: EngineLine[] = [];
  const log = (line: EngineLine) => {
    lines.push(line);
    return clock.sleep(engineTakesMs);
  };
  const engine = { alive: async () => true, log };
  const announcements = new Announcements(engine, clock);
  const { signal } = new AbortController();
  const tell = (name: string, urn: string, makeMs = 0) =>
    announcements.around({ name, urn, signal }, () => clock.sleep(makeMs));
  return { clock, lines, tell, texts: () => lines.map((line) => line.text) };
}

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

test("one name stands on its resource's own row", async () => {
  const { clock, lines, tell } = announcer();
  await clock.run(tell("one", URN));
  await clock.run(tell("two", `${URN}2`));
  expect(lines).toEqual([
    { urn: URN, text: "session one", severity: "info", ephemeral: true },
    { urn: `${URN}2`, text: "session two", severity: "info", ephemeral: true },
  ]);
});

test("names that come together are told in one line, on the stack's row, until all are made", async () => {
  const { clock, lines, tell, texts } = announcer();
  const both = [tell("one", URN, 1_000), clock.sleep(10).then(() => tell("two", `${URN}2`, 5_000))];
  await clock.run(clock.sleep(4_000));
  const line = { urn: undefined, text: "sessions one, two", severity: "info", ephemeral: true };
  expect(lines).toEqual([line]);
  await clock.run(Promise.all(both));
  expect(lines).toEqual([line, { ...line, text: "" }]);
  await clock.run(tell("three", URN));
  expect(texts().slice(2)).toEqual(["session three"]);
});

test("who comes while a line is on its way is told in the next", async () => {
  const { clock, tell, texts } = announcer(1_000);
  const told: string[] = [];
  const note = (name: string) => tell(name, URN).then(() => told.push(name));
  const both = [note("one"), clock.sleep(500).then(() => note("two"))];
  await clock.run(clock.sleep(900));
  expect(texts()).toEqual(["session one", "session two"]);
  expect(told).toEqual([]);
  await clock.run(Promise.all(both));
  expect(told).toEqual(["one", "two"]);
});

test("a name that holds what must not be shown is told without it", async () => {
  const { clock, tell, texts } = announcer();
  await clock.run(tell("rtmp://a/b?auth_key=topsecret", URN));
  expect(texts()[0]).not.toContain("topsecret");
});
