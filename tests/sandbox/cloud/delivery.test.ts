import { request } from "node:http";
import { connect } from "node:net";
import { type CloudServer, type FaultRule, startCloud } from "../../../sandbox/cloud";
import { until } from "../../support/until";
import { FIELDS, MINE } from "./support/lab";
import { type RawAnswer, type RecordedRequest, recordCall, send } from "./support/replay";
import { sdkCall } from "./support/sdk";

let server: CloudServer;
beforeAll(async () => {
  server = await startCloud({ accounts: [MINE] });
});
afterEach(() => server.cloud.reset());
afterAll(() => server.close());

/** A create, hit by a fault. */
async function hit(fault: Omit<FaultRule, "action">): Promise<RawAnswer> {
  server.cloud.setFaults([{ action: "CreateLiveStreamMonitor", ...fault }]);
  return send(server.endpoint, await recordCall(MINE, "Create", FIELDS));
}

/** A create on its way, whose answer has begun, if it has; `destroy` is called by whoever no longer wants it. */
async function begin(fault: Omit<FaultRule, "action">, onData: (size: number) => void = () => {}) {
  server.cloud.setFaults([{ action: "CreateLiveStreamMonitor", ...fault }]);
  const { path, headers }: RecordedRequest = await recordCall(MINE, "Create", FIELDS);
  const { hostname, port } = new URL(server.endpoint);
  const sent = request({ hostname, port, method: "POST", path, headers, agent: false }, (response) => {
    response.on("data", (chunk: Buffer) => onData(chunk.length));
    response.on("error", () => {});
  });
  const ended = new Promise<void>((resolve) => sent.once("close", () => resolve()));
  sent.on("error", () => {});
  sent.end();
  return { destroy: () => sent.destroy(), ended };
}

const sessions = () => server.cloud.sessions.all().length;

test("drop-before: the connection breaks, and nothing was done", async () => {
  await expect(hit({ kind: "drop-before" })).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(sessions()).toBe(0);
});

test("drop-after: the connection breaks, and it was done", async () => {
  await expect(hit({ kind: "drop-after" })).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(sessions()).toBe(1);
});

test("delay: the answer comes, later than the deed", async () => {
  const { status, body } = await hit({ kind: "delay", ms: 30 });
  expect([status, sessions()]).toEqual([200, 1]);
  expect(JSON.parse(body)).toHaveProperty("MonitorId");
});

test("error: another answer, as JSON", async () => {
  const { status, headers, body } = await hit({ kind: "error", status: 503, code: "ServiceUnavailable" });
  expect([status, headers["content-type"], sessions()]).toEqual([503, "application/json;charset=utf-8", 0]);
  expect(JSON.parse(body)).toMatchObject({ Code: "ServiceUnavailable", HostId: "live.aliyuncs.com" });
});

test("error with commit: it was done all the same", async () => {
  expect([(await hit({ kind: "error", commit: true })).status, sessions()]).toEqual([500, 1]);
});

test("html: the page of a proxy", async () => {
  const { status, headers, body } = await hit({ kind: "html" });
  expect([status, headers["content-type"], sessions()]).toEqual([503, "text/html", 0]);
  expect(body).toMatch(/^<html>/);
  expect(await hit({ kind: "html", status: 502, body: "<p>bad</p>" })).toMatchObject({
    status: 502,
    body: "<p>bad</p>",
  });
});

test("malformed: 200 with fields of wrong types, or with whatever one wants", async () => {
  const { status, body } = await hit({ kind: "malformed" });
  expect([status, sessions()]).toEqual([200, 1]);
  expect(JSON.parse(body)).not.toHaveProperty("MonitorId");
  expect(await hit({ kind: "malformed", body: '{"RequestId"' })).toMatchObject({ status: 200, body: '{"RequestId"' });
});

test("endless: it was done, and the answer never ends", async () => {
  let size = 0;
  const begun = await begin({ kind: "endless", ms: 1 }, (more) => {
    size += more;
  });
  await until("the answer is being read", () => size > 500_000);
  begun.destroy();
  await begun.ended;
  expect(sessions()).toBe(1);
});

test("hang: nothing was done, and there is no answer until one gives up", async () => {
  let size = 0;
  const begun = await begin({ kind: "hang" }, (more) => {
    size += more;
  });
  await until("the call is received", () => server.cloud.journal.length === 1);
  await sdkCall(server.endpoint, MINE, "GetCallerIdentity");
  begun.destroy();
  await begun.ended;
  expect([size, sessions()]).toEqual([0, 0]);
});

test("a fault that hits nothing is no fault", async () => {
  server.cloud.setFaults([{ action: "StopLiveStreamMonitor", kind: "drop-before" }]);
  await sdkCall(server.endpoint, MINE, "Create", FIELDS);
  expect(server.cloud.journal).toMatchObject([{ fault: "", httpStatus: 200 }]);
});

describe("closing ends at once", () => {
  test.each<[string, Omit<FaultRule, "action">]>([
    ["a connection that hangs", { kind: "hang" }],
    ["an answer that would take an hour", { kind: "delay", ms: 3_600_000 }],
    ["an endless answer", { kind: "endless", ms: 3_600_000 }],
  ])("%s", async (_what, fault) => {
    const own = await startCloud({ accounts: [MINE], faults: [{ action: "*", ...fault }] });
    const { path, headers } = await recordCall(MINE, "List");
    const answer = send(own.endpoint, { method: "POST", path, headers });
    const broken = expect(answer).rejects.toMatchObject({ code: "ECONNRESET" });
    await until("the call is received", () => own.cloud.journal.length === 1);
    await own.close();
    await broken;
  });

  test("a connection that is kept alive, and one that never asked", async () => {
    const own = await startCloud();
    await (await fetch(`${own.endpoint}/_sandbox/calls`)).json();
    const silent = connect(Number(new URL(own.endpoint).port), "127.0.0.1");
    await new Promise((resolve) => silent.once("connect", resolve));
    const ended = new Promise((resolve) => silent.once("close", resolve));
    silent.on("error", () => {});
    await own.close();
    await ended;
    await expect(fetch(own.endpoint)).rejects.toThrow();
  });
});

test("a body beyond 4 MiB is refused", async () => {
  const answer = await fetch(server.endpoint, { method: "POST", body: "x".repeat(4 * 1024 * 1024 + 1) });
  expect(answer.status).toBe(413);
  expect(server.cloud.journal).toEqual([]);
});
