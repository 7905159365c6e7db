import { networkInterfaces } from "node:os";
import { type CloudServer, SWITCHES, startCloud } from "../../../sandbox/cloud";
import { FIELDS, INPUTS, MINE, OTHERS } from "./support/lab";
import { sdkCall } from "./support/sdk";

const FAULTS = [{ action: "StopLiveStreamMonitor", kind: "drop-before" as const }];

let server: CloudServer;
beforeAll(async () => {
  server = await startCloud({ accounts: [MINE, OTHERS], switches: { quota: 5 }, faults: FAULTS });
});
afterEach(() => server.cloud.reset());
afterAll(() => server.close());

async function ask(method: string, what: string, body?: unknown) {
  const answer = await fetch(`${server.endpoint}/_sandbox/${what}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const get = async (what: string) => (await ask("GET", what)).body;
const call = (action: string, query = {}) => sdkCall(server.endpoint, MINE, action, query);

test("sessions are told with all that the API keeps to itself", async () => {
  const { MonitorId } = await call("Create", { ...FIELDS, App: "live", Stream: "s" });
  expect(await get("sessions")).toEqual([
    {
      MonitorId,
      ...FIELDS,
      InputList: INPUTS,
      App: "live",
      Stream: "s",
      MonitorConfig: "",
      CallbackUrl: "",
      DingTalkWebHookUrl: "",
      Status: 0,
      StartTime: "",
      StopTime: "",
      region: "cn-shanghai",
      accountId: "1000",
      createdAt: expect.any(Number),
    },
  ]);
});

test("calls are told in their order, and no secret with them", async () => {
  const { MonitorId } = await call("Create", { ...FIELDS, CallbackUrl: "https://example.com/?token=hush" });
  await call("Start", { MonitorId });
  await expect(call("Stop", {})).rejects.toThrow();
  const calls = await get("calls");
  const entry = {
    time: expect.any(Number),
    requestId: expect.any(String),
    accountId: "1000",
    accessKeyId: "mine",
    sourcePort: expect.any(Number),
    userAgent: expect.any(String),
    MonitorName: "",
    MonitorId: "",
    fault: "",
    code: "",
    httpStatus: 200,
    committed: true,
  };
  expect(calls.slice(0, 2)).toEqual([
    { ...entry, action: "CreateLiveStreamMonitor", MonitorName: "wall" },
    { ...entry, action: "StartLiveStreamMonitor", MonitorId },
  ]);
  expect(calls[2]).toMatchObject({
    action: "StopLiveStreamMonitor",
    httpStatus: 0,
    fault: "drop-before",
    committed: false,
  });
  expect(JSON.stringify(calls)).not.toMatch(/hush|auth_key|my-secret/);
});

test("switches are told with what they are for, and set", async () => {
  const all: Record<string, unknown>[] = await get("switches");
  expect(all.map((each) => each.name)).toEqual(Object.keys(SWITCHES));
  expect(all.find((each) => each.name === "quota")).toEqual({
    name: "quota",
    value: 5,
    default: 1000,
    kind: "number",
    choices: [1000, 20],
    doc: expect.any(String),
    section: "2",
    open: false,
  });
  expect(await ask("PUT", "switches", { quota: 1, outputUrls: "never" })).toMatchObject({
    status: 200,
    body: { quota: 1, outputUrls: "never", qps: 1 },
  });
  await call("Create", FIELDS);
  await expect(call("Create", FIELDS)).rejects.toMatchObject({ code: "UserQuotaExceed" });
});

test.each([
  [{ quota: -1, stopDelayMs: "long", nothing: 1 }, /quota: .*stopDelayMs: .*"nothing"/],
  [{ outputUrls: "sometimes" }, /outputUrls: /],
  [[], /Bad switches: switches: /],
  ["no JSON", /JSON/],
])("switches %j are refused, with every mistake", async (body, message) => {
  const { status, body: answer } = await ask("PUT", "switches", body);
  expect([status, answer.error]).toEqual([400, expect.stringMatching(message)]);
  expect(server.cloud.switches.quota).toBe(5);
});

test("faults are set, counted and refused", async () => {
  expect((await ask("PUT", "faults", [{ action: "*", kind: "error", times: 1 }])).status).toBe(200);
  await expect(call("List")).rejects.toMatchObject({ code: "InternalError" });
  await call("List");
  expect(await get("faults")).toEqual([{ action: "*", kind: "error", times: 1, seen: 2, hits: 1 }]);
  const { status, body } = await ask("PUT", "faults", [{ action: "Stop", kind: "none" }]);
  expect([status, body.error]).toEqual([400, expect.stringMatching(/Bad faults: 0\.action.*0\.kind/)]);
});

test("accounts are told without secrets; a key is expired mid-run, or all are set anew", async () => {
  expect(await get("accounts")).toEqual([
    { accountId: "1000", accessKeyId: "mine" },
    { accountId: "2000", accessKeyId: "others" },
  ]);
  expect((await ask("PUT", "accounts/mine", { status: "expired" })).body).toEqual({
    accountId: "1000",
    accessKeyId: "mine",
    status: "expired",
  });
  await expect(call("List")).rejects.toMatchObject({ code: "InvalidAccessKeyId.NotFound" });
  expect((await ask("PUT", "accounts/nobody", {})).status).toBe(400);
  expect((await ask("PUT", "accounts/mine", { secret: "x" })).body.error).toMatch(/Unrecognized key/);
  await ask("PUT", "accounts", [{ ...MINE, actions: [] }]);
  await expect(call("List")).rejects.toMatchObject({ code: "Forbidden.RAM" });
  expect((await ask("PUT", "accounts", [])).status).toBe(400);
});

test("reset: as it was when it began", async () => {
  await call("Create", FIELDS);
  await ask("PUT", "switches", { quota: 1, pageSizeMax: 10 });
  await ask("PUT", "faults", []);
  await ask("PUT", "accounts", [OTHERS]);
  expect(await ask("POST", "reset")).toEqual({ status: 200, body: {} });
  expect([await get("sessions"), await get("calls")]).toEqual([[], []]);
  expect(server.cloud.switches).toMatchObject({ quota: 5, pageSizeMax: 100 });
  expect(await get("faults")).toMatchObject(FAULTS);
  expect(await get("accounts")).toHaveLength(2);
});

describe("somebody else acts", () => {
  test("past limits, faults and journal", async () => {
    await ask("PUT", "switches", { qps: 0.01, startDelayMs: 0, stopDelayMs: 0 });
    const { body: session } = await ask("POST", "act", { action: "create", ...FIELDS, InputList: INPUTS });
    expect(session).toMatchObject({ MonitorName: "wall", accountId: "1000", InputList: INPUTS });
    const { MonitorId } = session;
    const act = async (action: string, more = {}) => (await ask("POST", "act", { action, MonitorId, ...more })).body;
    expect(await act("start")).toMatchObject({ Status: 1 });
    expect(await act("stop")).toMatchObject({ Status: 0 });
    expect(await act("update", { MonitorName: "new", InputList: INPUTS })).toMatchObject({ MonitorName: "new" });
    expect(await act("delete")).toEqual({});
    expect([await get("sessions"), await get("calls")]).toEqual([[], []]);
  });

  test("on another account and in another region", async () => {
    const fields = { action: "create", accountId: "2000", region: "cn-beijing", ...FIELDS };
    await ask("POST", "act", fields);
    expect(await get("sessions")).toMatchObject([{ accountId: "2000", region: "cn-beijing" }]);
  });

  test("but not against what the API allows", async () => {
    const never = { action: "delete", MonitorId: "00000000-0000-4000-8000-00000000dead" };
    expect(await ask("POST", "act", never)).toMatchObject({ status: 404, body: { Code: "StreamMonitorNotExist" } });
    expect(await ask("POST", "act", { action: "explode" })).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^Bad act: action: /) },
    });
  });
});

test("what is not there is told with what is", async () => {
  const { status, body } = await ask("GET", "nothing");
  expect([status, body.error]).toEqual([404, expect.stringContaining("GET sessions, GET calls")]);
  expect((await ask("DELETE", "sessions")).status).toBe(404);
});

test("it answers to its own machine only", async () => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal)?.address;
  const open = await startCloud({ host: "0.0.0.0" });
  try {
    expect(open.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${open.endpoint}/_sandbox/calls`)).status).toBe(200);
    if (address !== undefined) {
      const outside = open.endpoint.replace("127.0.0.1", address);
      expect((await fetch(`${outside}/_sandbox/calls`)).status).toBe(403);
      expect((await fetch(outside, { method: "POST" })).status).toBe(400);
    }
  } finally {
    await open.close();
  }
});
