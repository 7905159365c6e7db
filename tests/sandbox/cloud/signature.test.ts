import { type AccountKey, type CloudServer, startCloud } from "../../../sandbox/cloud";
import { FIELDS, MINE, OTHERS } from "./support/lab";
import { type RecordedRequest, recordCall, send } from "./support/replay";
import { type SdkChanges, sdkCall } from "./support/sdk";

const TEMPORARY = { ...MINE, accessKeyId: "STS.one", securityToken: "a token/with+signs=" };
const BEGAN = Date.now();

let server: CloudServer;
let ahead = 0;
beforeAll(async () => {
  const clock = () => Date.now() + ahead;
  server = await startCloud({ clock, accounts: [MINE, OTHERS, TEMPORARY], switches: { qps: 1000 } });
});
afterEach(() => {
  ahead = 0;
  server.cloud.reset();
});
afterAll(() => server.close());

function call(key: AccountKey, action: string, query: Record<string, string> = {}, changes: SdkChanges = {}) {
  return sdkCall(server.endpoint, key, action, query, changes);
}

describe("the SDK's own calls", () => {
  test.each([
    ["plain", "wall"],
    ["empty", ""],
    ["with signs that URLs leave alone", "a-b_c.d~e!f'g(h)i*j"],
    ["with signs that URLs do not", 'a b+c&d=e/f?g%h#i"j\\k<l>'],
    ["in other scripts", "ü 监播 🎥"],
  ])("a name %s arrives as it was sent", async (_what, name) => {
    const { MonitorId } = await call(MINE, "Create", FIELDS);
    await call(MINE, "Update", { ...FIELDS, MonitorId: String(MonitorId), CallbackUrl: `https://example.com/${name}` });
    expect(server.cloud.sessions.all()).toMatchObject([{ CallbackUrl: `https://example.com/${name}` }]);
  });

  test("a session of 64 KiB fits into the request line", async () => {
    const InputList = JSON.stringify([{ InputUrl: `rtmp://play.example.com/${"x".repeat(64 * 1024)}` }]);
    await call(MINE, "Create", { ...FIELDS, InputList });
    expect(JSON.stringify(server.cloud.sessions.all()[0]?.InputList)).toBe(InputList);
  });

  test("by GET, and with parameters in the body", async () => {
    await call(MINE, "Create", FIELDS, { method: "GET" });
    await call(MINE, "Create", {}, { form: FIELDS });
    expect(server.cloud.sessions.all()).toMatchObject([{ MonitorName: "wall" }, { MonitorName: "wall" }]);
  });

  test("with a temporary key", async () => {
    expect(await call(TEMPORARY, "GetCallerIdentity")).toMatchObject({ IdentityType: "AssumedRoleUser" });
    await expect(call({ ...TEMPORARY, securityToken: "other" }, "List")).rejects.toMatchObject({
      code: "InvalidSecurityToken.Malformed",
      statusCode: 400,
    });
  });

  test("STS answers on the same endpoint", async () => {
    expect(await call(OTHERS, "GetCallerIdentity")).toMatchObject({ AccountId: "2000", IdentityType: "Account" });
  });

  test("the journal tells who called", async () => {
    await call(MINE, "List");
    expect(server.cloud.journal).toMatchObject([
      {
        action: "DescribeLiveStreamMonitorList",
        accessKeyId: "mine",
        userAgent: expect.stringContaining("AlibabaCloud"),
      },
    ]);
    expect(server.cloud.journal[0]?.sourcePort).toBeGreaterThan(0);
    expect(server.cloud.journal[0]?.time).toBeGreaterThanOrEqual(BEGAN);
  });
});

describe("refused", () => {
  test.each([
    ["a wrong secret", { ...MINE, accessKeySecret: "wrong" }, {}, "SignatureDoesNotMatch", 400],
    ["another's secret", { ...MINE, accessKeySecret: OTHERS.accessKeySecret }, {}, "SignatureDoesNotMatch", 400],
    ["an unknown key", { ...MINE, accessKeyId: "nobody" }, {}, "InvalidAccessKeyId.NotFound", 404],
    ["an unknown version", MINE, { version: "2017-01-01" }, "NoSuchVersion", 400],
    ["another path", MINE, { pathname: "/live" }, "InvalidApi.NotFound", 404],
  ])("%s", async (_what, key, changes, code, statusCode) => {
    await expect(call(key, "Create", FIELDS, changes)).rejects.toMatchObject({
      code,
      statusCode,
      data: { HostId: "live.aliyuncs.com", Recommend: expect.stringContaining(code) },
    });
    expect(server.cloud.sessions.all()).toEqual([]);
    expect(server.cloud.journal).toMatchObject([{ code, httpStatus: statusCode, committed: false }]);
  });

  test.each([
    [15 * 60_000 + 2000, "InvalidTimeStamp.Expired"],
    [-15 * 60_000 - 2000, "InvalidTimeStamp.Expired"],
  ])("a clock that is %i ms off", async (off, code) => {
    ahead = off;
    await expect(call(MINE, "List")).rejects.toMatchObject({ code, statusCode: 400 });
    ahead = Math.sign(off) * (15 * 60_000 - 5000);
    await call(MINE, "List");
  });
});

/** What the SDK would send for a session to be made. */
const signed = () => recordCall(MINE, "Create", FIELDS);

test("what the SDK signs is taken as it is, once", async () => {
  const recorded = await signed();
  expect(await send(server.endpoint, recorded)).toMatchObject({
    status: 200,
    headers: { "content-type": "application/json;charset=utf-8" },
  });
  const again = await send(server.endpoint, recorded);
  expect(again).toMatchObject({ status: 400, body: expect.stringContaining('"SignatureNonceUsed"') });
  expect(server.cloud.sessions.all()).toHaveLength(1);
});

test.each<[string, (recorded: RecordedRequest) => RecordedRequest, string]>([
  ["another value", (each) => ({ ...each, path: each.path.replace("wall", "hall") }), "SignatureDoesNotMatch"],
  ["a parameter more", (each) => ({ ...each, path: `${each.path}&App=a` }), "SignatureDoesNotMatch"],
  ["another action", withHeader("x-acs-action", "DeleteLiveStreamMonitor"), "SignatureDoesNotMatch"],
  ["another nonce", withHeader("x-acs-signature-nonce", "0"), "SignatureDoesNotMatch"],
  ["another host", withHeader("host", "live.aliyuncs.com"), "SignatureDoesNotMatch"],
  ["another method", (each) => ({ ...each, method: "GET" }), "SignatureDoesNotMatch"],
  [
    "a body that was not signed",
    (each) => ({ ...each, headers: without(each.headers, "content-length"), body: "App=a" }),
    "IncompleteSignature",
  ],
  ["a header that was not signed", withHeader("x-acs-security-token", "a"), "IncompleteSignature"],
  ["no authorization", (each) => ({ ...each, headers: without(each.headers, "authorization") }), "IncompleteSignature"],
  ["another scheme", withHeader("authorization", "Basic bWluZTpteS1zZWNyZXQ="), "IncompleteSignature"],
  ["a method that does nothing", (each) => ({ ...each, method: "PUT" }), "UnsupportedHTTPMethod"],
])("%s is refused", async (_what, change, code) => {
  const answer = await send(server.endpoint, change(await signed()));
  expect(JSON.parse(answer.body)).toMatchObject({ Code: code });
  expect(answer.status).toBe(400);
  expect(server.cloud.sessions.all()).toEqual([]);
});

test("a time that is none is refused, though it is signed", async () => {
  const date = jest.spyOn(Date.prototype, "getUTCFullYear").mockReturnValue(Number.NaN);
  const recorded = await signed().finally(() => date.mockRestore());
  const answer = await send(server.endpoint, recorded);
  expect(JSON.parse(answer.body)).toMatchObject({ Code: "InvalidTimeStamp.Format" });
});

function withHeader(name: string, value: string): (recorded: RecordedRequest) => RecordedRequest {
  return (recorded) => ({ ...recorded, headers: { ...recorded.headers, [name]: value } });
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
}
