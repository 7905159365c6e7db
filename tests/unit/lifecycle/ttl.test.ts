import { expiryOf } from "../../../provider/model/names";
import { ARGS, Stage, URN } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const HOUR = 3_600_000;
const liveName = (stage: Stage) => [...stage.cloud.sessions.values()][0]?.MonitorName ?? "";
const writes = (stage: Stage) =>
  stage.cloud.actions().filter((each) => /^(Create|Update|Start|Stop|Delete)/.test(each));

async function withTtl(ttl: string) {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, ttl });
  stage.cloud.calls.length = 0;
  return { stage, id, outs };
}

test("the live name carries the expiry, the state the name without it", async () => {
  const { stage, outs } = await withTtl("4h");
  const expiry = expiryOf(liveName(stage)) ?? 0;
  expect(Math.abs(expiry - stage.clock.now() - 4 * HOUR)).toBeLessThan(2 * 60_000);
  expect(liveName(stage).startsWith(`${outs.monitorName}--x`)).toBe(true);
  expect(outs.expiresAt).toBe(new Date(expiry).toISOString().replace(".000", ""));
});

test("the same ttl is no difference, and a refresh finds no drift", async () => {
  const { stage, id, outs } = await withTtl("4h");
  const news = await stage.checked({ ...ARGS, ttl: "4h" }, outs);
  expect(await stage.diff(id, outs, news)).toEqual({ changes: false });
  const { props, inputs } = await stage.read(id, outs);
  expect(props).toEqual(outs);
  expect(inputs).toMatchObject({ monitorName: outs.monitorName, ttl: "4h" });
});

test.each([
  ["longer: moved", "8h", 8, ["UpdateLiveStreamMonitor"]],
  ["shorter: never earlier, so nothing is sent", "1h", 4, []],
])("a changed ttl, %s", async (_what, ttl, hours, sent) => {
  const { stage, id, outs } = await withTtl("4h");
  const updated = await stage.update(id, outs, { ...ARGS, ttl });
  expect(writes(stage)).toEqual(sent);
  const left = (expiryOf(liveName(stage)) ?? 0) - stage.clock.now();
  expect(Math.abs(left - hours * HOUR)).toBeLessThan(5 * 60_000);
  expect(updated).toMatchObject({ ttl, monitorName: outs.monitorName });
});

test("another change keeps the expiry; a removed ttl takes it off", async () => {
  const { stage, id, outs } = await withTtl("4h");
  const before = liveName(stage);
  const updated = await stage.update(id, outs, { ...ARGS, ttl: "4h", outputTemplate: "lp_ld" });
  expect(liveName(stage)).toBe(before);
  const without = await stage.update(id, updated, { ...ARGS, outputTemplate: "lp_ld" });
  expect(liveName(stage)).toBe(outs.monitorName);
  expect(without).not.toHaveProperty("expiresAt");
});

test("a destroy deletes a session whose name has an expiry, and does not take it for another's", async () => {
  const { stage, id, outs } = await withTtl("4h");
  await stage.delete(id, outs);
  expect(stage.cloud.sessions.size).toBe(0);
});

test.each([
  [{ ttl: "4h", monitorName: "wall" }, /`ttl` cannot be used with `monitorName`/],
  [{ ttl: "soon" }, /`ttl` must be a duration/],
  [{ ttl: "59s" }, /`ttl` must be a duration/],
  [{ ttl: "9000h" }, /`ttl` must be a duration/],
])("%j is refused", async (args, message) => {
  const result = await new Stage().hooks.check?.({}, { __urn: URN, ...ARGS, ...args });
  expect(result?.failures?.map(({ reason }) => reason).join()).toMatch(message);
});

test.each([
  ["made longer", { ttl: "8h" }],
  ["removed", {}],
])("a ttl that is %s in an update that fails is sent again by the next one", async (_what, change) => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, ttl: "1h" });
  const declared = { ...ARGS, ...change };
  stage.cloud.script("UpdateLiveStreamMonitor", { kind: "refuse", code: "Forbidden.RAM", status: 403 });
  const failed = await thrownBy(stage.update(id, outs, declared));
  const left = (failed as { properties?: Record<string, unknown> }).properties ?? outs;
  const before = stage.cloud.sessions.get(id)?.MonitorName;
  await stage.update(id, left, declared, outs);
  expect(stage.cloud.sessions.get(id)?.MonitorName).not.toBe(before);
});

test("a chosen name that ends like an expiry is sent as it is", async () => {
  const stage = new Stage();
  const { id } = await stage.create({ ...ARGS, monitorName: "studio--a--b--abcdefgh--x1" });
  expect(stage.cloud.sessions.get(id)?.MonitorName).toBe("studio--a--b--abcdefgh--x1");
});
