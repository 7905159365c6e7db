import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Client, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import { signedRequest } from "../../../provider/live/sdk-request";

const REQUEST = {
  action: "DescribeLiveStreamMonitorList",
  version: "2016-11-01",
  endpoint: { protocol: "http", host: "127.0.0.1:1" },
  query: { b: "", a: "!'()*~ +&=%", RegionId: "cn-shanghai" },
  signal: new AbortController().signal,
} as const;

test.each([
  ["an access key", undefined],
  ["a temporary key", "token=="],
])("the SDK builds and signs a request with %s, and sends nothing", async (_what, securityToken) => {
  const credential = { accessKeyId: "LTAI", accessKeySecret: "s3cret", ...(securityToken ? { securityToken } : {}) };
  const [one, other] = await Promise.all([
    signedRequest({ ...REQUEST, credential }),
    signedRequest({ ...REQUEST, credential }),
  ]);
  expect(Object.fromEntries(new URL(one.path, "http://x").searchParams)).toEqual(REQUEST.query);
  expect(one.headers).toMatchObject({ host: "127.0.0.1:1", "x-acs-action": REQUEST.action });
  expect(one.headers.Authorization).toMatch(
    /^ACS3-HMAC-SHA256 Credential=LTAI,SignedHeaders=host;.*,Signature=[0-9a-f]{64}$/,
  );
  expect(one.headers["x-acs-security-token"]).toBe(securityToken);
  expect(one.headers["x-acs-signature-nonce"]).not.toBe(other.headers["x-acs-signature-nonce"]);
});

test("what somebody else sends with the SDK in this process is left to the SDK", async () => {
  await signedRequest({ ...REQUEST, credential: { accessKeyId: "k", accessKeySecret: "s" } });
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"RequestId":"theirs"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new Client(new Config({ accessKeyId: "k", accessKeySecret: "s", endpoint, protocol: "http" }));
  const params = new Params({
    action: "X",
    version: "1",
    protocol: "HTTP",
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  const answer = await client.callApi(params, new OpenApiRequest({}), new RuntimeOptions({}));
  expect(answer.body).toEqual({ RequestId: "theirs" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
