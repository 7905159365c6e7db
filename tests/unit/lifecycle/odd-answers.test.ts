import type { Service } from "../../../provider/account/account";
import { interrupted, Operation } from "../../../provider/lifecycle/operation";
import { noEngine } from "../../../provider/lifecycle/progress";
import { confirmAbsent, expectOwnerAsked } from "../../../provider/lifecycle/verify-gone";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const LIST = "DescribeLiveStreamMonitorList";
const running = async () => {
  const stage = new Stage();
  return { stage, ...(await stage.create({ ...ARGS, running: true })) };
};

test.each(["Throttling.User", "InternalError", "InvalidAccessKeyId.NotFound", "SomethingNew"])(
  "a delete that is answered with 200 and the code %s was not carried out",
  async (Code) => {
    const { stage, id, outs } = await running();
    const body = { RequestId: "r", Code, Message: "no" };
    stage.cloud.script("DeleteLiveStreamMonitor", { kind: "answer", body });
    await stage.delete(id, outs).catch(() => {});
    expect(stage.cloud.sessions.has(id)).toBe(Code === "InvalidAccessKeyId.NotFound");
  },
);

test.each([
  ["others", (id: string) => `other-${id}`],
  ["the same id in other letters", (id: string) => id.toUpperCase().replace(/^0/, "A")],
])("a list filtered by an id that shows %s says nothing of that id", async (_what, change) => {
  const { stage, id, outs } = await running();
  const item = { MonitorId: change(id), MonitorName: "x", Domain: "d", Status: 1 };
  const body = { RequestId: "r", Total: 1, LiveStreamMonitorList: [item] };
  stage.cloud.script(LIST, ...Array.from({ length: 400 }, () => ({ kind: "answer" as const, body })));
  // It is asked again until the deadline, and never taken for absence.
  expect((await thrownBy(stage.read(id, outs))).message).toMatch(
    /did not end within 5m.*shows other sessions instead.*Nothing was sent that changes anything/,
  );
});

test("whose answer it is, is asked with the credential that got it, and not with a newer one", async () => {
  const stage = new Stage();
  const options = { name: "delete", timeoutMs: 60_000, urn: undefined, clock: stage.clock, engine: noEngine } as const;
  const operation = new Operation(options);
  const key = (accessKeyId: string) => ({ accessKeyId, accessKeySecret: "secret" });
  operation.observe({ action: "DeleteLiveStreamMonitor", what: "sent", credential: key("old-key") });
  operation.observe({ action: "GetCallerIdentity", what: "sent", credential: key("new-key") });
  const whose: Record<string, string> = { "new-key": "1000", "old-key": "2000" };
  const service = {
    region: "cn-shanghai",
    endpoint: "live.aliyuncs.com",
    skipsAccountCheck: false,
    whoami: async (_context: unknown, asked = key("new-key")) => whose[asked.accessKeyId],
  } as unknown as Service;
  const record = { monitorId: "m-1", accountId: "1000" };
  expect((await thrownBy(expectOwnerAsked(record, { service, operation }))).message).toMatch(/account 2000 was asked/);
  whose["old-key"] = "1000";
  await expectOwnerAsked(record, { service, operation });
});

test.each([1, 2, 3])(
  "each of the three reads that miss a session must come from its account (read %d)",
  async (from) => {
    const stage = new Stage();
    const options = { name: "read", timeoutMs: 60_000, urn: undefined, clock: stage.clock, engine: noEngine } as const;
    const operation = new Operation(options);
    let reads = 0;
    const fetch = async () => {
      reads += 1;
      const accessKeyId = reads === from ? "other-key" : "own-key";
      operation.observe({ action: LIST, what: "sent", credential: { accessKeyId, accessKeySecret: "secret" } });
      return undefined;
    };
    const service = {
      region: "cn-shanghai",
      endpoint: "live.aliyuncs.com",
      skipsAccountCheck: false,
      roster: { fetch },
      whoami: async (_context: unknown, asked = { accessKeyId: "own-key" }) =>
        asked.accessKeyId === "own-key" ? "1000" : "2000",
    } as unknown as Service;
    await fetch();
    const verdict = stage.clock.run(confirmAbsent({ monitorId: "m-1", accountId: "1000" }, { service, operation }));
    expect((await thrownBy(verdict)).message).toMatch(/account 2000 was asked/);
    expect(reads).toBe(from);
  },
);

test("a session in a state that no document knows is not running yet, and is no reason to delete", async () => {
  const stage = new Stage();
  stage.cloud.delayMs = 10_000;
  void stage.clock.sleep(2_000).then(() => {
    for (const session of stage.cloud.sessions.values()) {
      session.Status = 7;
    }
  });
  const began = stage.clock.now();
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  expect([outs.status, stage.clock.now() - began >= 10_000]).toEqual(["running", true]);
  Object.assign(stage.cloud.sessions.get(id) ?? {}, { Status: 7 });
  await stage.clock.run(stage.clock.sleep(10_000));
  const refused = await thrownBy(stage.delete(id, { ...outs, onDelete: "refuse" }));
  expect(refused.message).toMatch(/is running, and its `onDelete` is "refuse"/);
});

test("a create that is interrupted before its answer came names the session that it may have made", async () => {
  const stage = new Stage();
  const original = stage.cloud.transport;
  Object.assign(stage.cloud, {
    transport: async (request: Parameters<typeof original>[0]) => {
      const answer = await original(request);
      await stage.clock.sleep(request.action.startsWith("Create") ? 9_000 : 0, request.signal);
      return answer;
    },
  });
  stage.start();
  void stage.clock.sleep(4_000).then(() => {
    for (const operation of stage.operations) {
      operation.end(interrupted("SIGTERM"));
    }
  });
  const { message } = await thrownBy(stage.create(ARGS));
  const [session] = stage.cloud.sessions.values();
  expect(message).toContain(`Session ${session?.MonitorName}, which that call may have created`);
});

test("an interrupt ends the last look after a deadline too", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({ ...ARGS, running: true, timeouts: { delete: "20s" } });
  stage.cloud.delayMs = 3_600_000;
  const original = stage.cloud.transport;
  Object.assign(stage.cloud, {
    transport: async (request: Parameters<typeof original>[0]) => {
      await stage.clock.sleep(stage.clock.now() - began > 19_000 ? 3_600_000 : 0, request.signal);
      return original(request);
    },
  });
  stage.start();
  const began = stage.clock.now();
  void stage.clock.sleep(20_500).then(() => {
    for (const operation of stage.operations) {
      operation.end(interrupted("SIGTERM"));
    }
  });
  expect((await thrownBy(stage.delete(id, outs))).message).toMatch(/A last look got no answer/);
  expect(stage.clock.now() - began).toBeLessThan(21_000);
});

test("an id that was edited in the state sends nothing", async () => {
  const { stage, id, outs } = await running();
  const foreign = stage.cloud.add({ MonitorName: "foreign" });
  stage.cloud.calls.length = 0;
  expect((await thrownBy(stage.delete(foreign, outs))).message).toMatch(new RegExp(`${foreign}.*${id}`));
  expect((await thrownBy(stage.update(foreign, outs, { ...ARGS, running: false }))).message).toMatch(
    /Nothing was sent/,
  );
  expect(stage.cloud.calls).toEqual([]);
});

test("a refresh does not seal an account that a hand has written", async () => {
  const { stage, id, outs } = await running();
  const { props } = await stage.read(id, { ...outs, accountId: "2000" });
  expect(props?.accountId).toBe("1000");
});

test("one session without a name, or with inputs of another type, breaks no other", async () => {
  const stage = new Stage();
  const items = [{ MonitorId: "odd", MonitorName: null, InputList: "abc", OutputUrls: 7, Status: "x" }];
  const body = { RequestId: "r", Total: 1, LiveStreamMonitorList: items };
  stage.cloud.script(LIST, { kind: "answer", body });
  const { id } = await stage.create(ARGS);
  expect(stage.cloud.sessions.has(id)).toBe(true);
});

test.each([
  ["of control characters", "\u001b[31m\n"],
  ["of a mebibyte", "x".repeat(1024 * 1024)],
  ["of nothing", ""],
  ["of another type", 7],
])("an id %s is no answer", async (_what, MonitorId) => {
  const stage = new Stage();
  stage.cloud.script("CreateLiveStreamMonitor", { kind: "answer", body: { RequestId: "r", MonitorId } });
  const { message } = await thrownBy(stage.create({ ...ARGS, timeouts: { create: "30s" } }));
  expect(message).toMatch(/answered Malformed.*which that call may have created/);
  expect(message.length).toBeLessThan(2_000);
});

test("a list that does not end is an error, not a memory full of it", async () => {
  const stage = new Stage();
  let next = 0;
  const original = stage.cloud.transport;
  Object.assign(stage.cloud, {
    transport: async (request: Parameters<typeof original>[0]) =>
      request.action === LIST
        ? {
            httpStatus: 200,
            body: { RequestId: "r", Total: 1e9, LiveStreamMonitorList: [{ MonitorId: `id-${next++}`, Status: 0 }] },
          }
        : original(request),
  });
  stage.start();
  expect((await thrownBy(stage.create(ARGS))).message).toMatch(/The list of sessions does not end: 500 were shown/);
});

test("what an update could not take away is taken away by the next", async () => {
  const stage = new Stage();
  const { id, outs } = await stage.create({
    ...ARGS,
    monitorConfig: { fpsLowThres: 0.6 },
    timeouts: { update: "30s" },
  });
  const lost = Array.from({ length: 50 }, () => ({ kind: "lose" as const, carriedOut: false }));
  stage.cloud.script("UpdateLiveStreamMonitor", ...lost);
  const failed = (await stage.update(id, outs, { ...ARGS, timeouts: { update: "30s" } }).catch((error) => error)) as {
    properties: Record<string, unknown>;
  };
  stage.cloud.script("UpdateLiveStreamMonitor");
  const clean = new Stage();
  expect(failed.properties).toMatchObject({ __incomplete: true, monitorConfig: { fpsLowThres: 0.6 } });
  expect(await clean.diff(id, failed.properties, await clean.checked(ARGS, failed.properties))).toEqual({
    changes: true,
  });
});
