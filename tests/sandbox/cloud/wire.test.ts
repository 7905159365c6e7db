import OpenApi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import { type CloudServer, startCloud } from "../../../sandbox/cloud";

let cloud: CloudServer;
beforeAll(async () => {
  cloud = await startCloud({ switches: { startDelayMs: 0, stopDelayMs: 0 } });
});
afterEach(() => cloud.cloud.reset());
afterAll(() => cloud.close());

/** The real SDK, as any client of the real cloud would use it. */
function call(action: string, query: Record<string, string>, changes: Record<string, string> = {}) {
  const account = cloud.accounts[0];
  const { version = "2016-11-01", ...config } = changes;
  const client = new OpenApi(
    new Config({
      accessKeyId: account?.accessKeyId,
      accessKeySecret: account?.accessKeySecret,
      endpoint: cloud.endpoint.replace("http://", ""),
      protocol: "http",
      ...config,
    }),
  );
  const params = new Params({
    action,
    version,
    protocol: "HTTP",
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  return client.callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({}));
}

const SESSION = {
  MonitorName: "a name with ü, (brackets) & 'quotes' ~ *",
  OutputTemplate: "lp_hd",
  Domain: "play.example.com",
  InputList: JSON.stringify([{ InputUrl: "rtmp://play.example.com/a/b?auth_key=1-2-3", LayoutId: 1 }]),
};

async function create(): Promise<string> {
  const { body } = await call("CreateLiveStreamMonitor", SESSION);
  return body.MonitorId;
}

test("a session lives from create to delete", async () => {
  const MonitorId = await create();
  await call("StartLiveStreamMonitor", { MonitorId });
  const { body } = await call("DescribeLiveStreamMonitorList", { MonitorId });
  expect(body).toMatchObject({
    Total: 1,
    LiveStreamMonitorList: [{ MonitorId, MonitorName: SESSION.MonitorName, Status: 1, InputList: [{ LayoutId: 1 }] }],
  });
  expect(body.LiveStreamMonitorList[0]).not.toHaveProperty("App");
  await expect(call("DeleteLiveStreamMonitor", { MonitorId })).rejects.toMatchObject({ statusCode: 400 });
  await call("StopLiveStreamMonitor", { MonitorId });
  await call("DeleteLiveStreamMonitor", { MonitorId });
  await expect(call("DeleteLiveStreamMonitor", { MonitorId })).rejects.toMatchObject({
    code: "StreamMonitorNotExist",
    statusCode: 404,
  });
});

test.each([
  ["a wrong secret", { accessKeySecret: "wrong" }, "SignatureDoesNotMatch", 400],
  ["an unknown key", { accessKeyId: "unknown" }, "InvalidAccessKeyId.NotFound", 404],
  ["an unknown version", { version: "2017-01-01" }, "NoSuchVersion", 400],
])("%s is refused", async (_what, changes, code, statusCode) => {
  await expect(call("DescribeLiveStreamMonitorList", {}, changes)).rejects.toMatchObject({ code, statusCode });
});

test("an account does not see another's sessions", async () => {
  const MonitorId = await create();
  const other = cloud.accounts[1];
  const keys = { accessKeyId: other?.accessKeyId ?? "", accessKeySecret: other?.accessKeySecret ?? "" };
  await expect(call("StopLiveStreamMonitor", { MonitorId }, keys)).rejects.toMatchObject({
    code: "StreamMonitorNotExist",
  });
  const { body } = await call("GetCallerIdentity", {}, { ...keys, version: "2015-04-01" });
  expect(body.AccountId).toBe(other?.accountId);
});

test("the eleventh write in a second is throttled, and nothing happens", async () => {
  const answers = await Promise.allSettled(Array.from({ length: 11 }, create));
  const refused = answers.filter((answer) => answer.status === "rejected");
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({ reason: { code: "Throttling.User", statusCode: 400 } });
  expect(cloud.cloud.sessions.all()).toHaveLength(10);
});

test.each([
  ["drop-before", 0],
  ["drop-after", 1],
  ["html", 0],
  ["error", 0],
] as const)("fault %s leaves %i sessions", async (kind, left) => {
  cloud.cloud.setFaults([{ action: "CreateLiveStreamMonitor", kind, times: 1 }]);
  await expect(create()).rejects.toThrow();
  expect(cloud.cloud.sessions.all()).toHaveLength(left);
  await create();
});

test("the control plane tells sessions and calls, and no secret", async () => {
  await create();
  const ask = async (what: string) => (await fetch(`${cloud.endpoint}/_sandbox/${what}`)).json();
  expect(await ask("sessions")).toMatchObject([{ MonitorName: SESSION.MonitorName, Status: 0, region: "cn-shanghai" }]);
  const calls = await ask("calls");
  expect(calls).toMatchObject([{ action: "CreateLiveStreamMonitor", httpStatus: 200, code: "" }]);
  expect(JSON.stringify(calls)).not.toContain("auth_key");
  expect(JSON.stringify(await ask("accounts"))).not.toContain("secret");
});
