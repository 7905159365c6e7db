import { Announcements } from "../../provider/announcements";
import type { EngineLine } from "../../provider/engine-link";
import { ARGS, Stage, URN } from "../support/stage";
import { thrownBy } from "../support/thrown";
import { VirtualClock } from "../support/virtual-clock";

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
  return { clock, lines, announcements: new Announcements(engine, clock) };
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
  const { announcements, clock, lines } = announcer();
  await clock.run(announcements.tell("one", URN));
  await clock.run(announcements.tell("two", `${URN}2`));
  expect(lines).toEqual([
    { urn: URN, text: "session one", severity: "info", ephemeral: true },
    { urn: `${URN}2`, text: "session two", severity: "info", ephemeral: true },
  ]);
});

test("names that come together are told in one line, on the stack's row", async () => {
  const { announcements, clock, lines } = announcer();
  const first = announcements.tell("one", URN);
  await clock.run(clock.sleep(10));
  await clock.run(Promise.all([first, announcements.tell("two", `${URN}2`)]));
  expect(lines).toEqual([{ urn: undefined, text: "sessions one, two", severity: "info", ephemeral: true }]);
});

test("who comes while a line is on its way is told in the next", async () => {
  const { announcements, clock, lines } = announcer(1_000);
  const told: string[] = [];
  const tell = (name: string) => announcements.tell(name, URN).then(() => told.push(name));
  const both = [tell("one"), clock.sleep(500).then(() => tell("two"))];
  await clock.run(clock.sleep(900));
  expect(lines.map((line) => line.text)).toEqual(["session one", "session two"]);
  expect(told).toEqual([]);
  await clock.run(Promise.all(both));
  expect(told).toEqual(["one", "two"]);
});

test("a name that holds what must not be shown is told without it", async () => {
  const { announcements, clock, lines } = announcer();
  await clock.run(announcements.tell("rtmp://a/b?auth_key=topsecret", URN));
  expect(lines[0]?.text).not.toContain("topsecret");
});
