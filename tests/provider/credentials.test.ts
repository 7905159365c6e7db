import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { credentialSource } from "../../provider/credentials";

/** What was asked of `@alicloud/credentials`: the sources themselves cannot be reached from a test. */
const mockOpened: unknown[] = [];
const mockAnswers: (() => Promise<object>)[] = [];
jest.mock("@alicloud/credentials", () => {
  const library: typeof import("@alicloud/credentials") = jest.requireActual("@alicloud/credentials");
  class Client extends library.default {
    constructor(...args: ConstructorParameters<typeof library.default>) {
      super(...args);
      mockOpened.push(args[0] ?? args[1] ?? "the default chain");
    }
    override getCredential() {
      const answer = mockAnswers.shift();
      return (answer?.() ?? super.getCredential()) as ReturnType<InstanceType<typeof library.default>["getCredential"]>;
    }
  }
  return { ...library, __esModule: true, default: Client };
});

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "key", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "hush" };
const FOUND = { accessKeyId: "found", accessKeySecret: "found secret", securityToken: "" };

const source = (config: Record<string, string>, env: Record<string, string> = {}) =>
  credentialSource({ config: (key) => config[`${key}`], env });

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (each: unknown) => each,
  );
  return error instanceof Error ? error.message : "it went well";
}

beforeEach(() => {
  mockOpened.length = 0;
  mockAnswers.length = 0;
});

test("keys are trimmed, and blank ones are none", async () => {
  const env = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: " key\n",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: " s ",
    ALIBABA_CLOUD_SECURITY_TOKEN: " t ",
  };
  const config = { "alicloud:accessKey": " ", "alicloud:secretKey": "" };
  expect(await source(config, env)()).toEqual({ accessKeyId: "key", accessKeySecret: "s", securityToken: "t" });
  expect(mockOpened).toEqual([]);
});

test("a token is never taken from another place than its key", async () => {
  const env = { ...KEYS, ALICLOUD_SECURITY_TOKEN: "other" };
  expect(await source({ "alicloud:securityToken": "config" }, env)()).not.toHaveProperty("securityToken");
});

test("a role is assumed with the keys that were found", async () => {
  mockAnswers.push(async () => ({ ...FOUND, securityToken: "token" }));
  const role = {
    roleArn: "acs:ram::1:role/r",
    sessionName: "ci",
    policy: "{}",
    externalId: "x",
    sessionExpiration: 900,
  };
  const answer = await source({ "alicloud:assumeRole": JSON.stringify(role) }, KEYS)();
  expect(answer).toEqual({ accessKeyId: "found", accessKeySecret: "found secret", securityToken: "token" });
  expect(mockOpened).toEqual([
    expect.objectContaining({
      type: "ram_role_arn",
      accessKeyId: "key",
      roleArn: "acs:ram::1:role/r",
      roleSessionName: "ci",
      policy: "{}",
      externalId: "x",
      roleSessionExpiration: 900,
    }),
  ]);
});

test("a role is assumed with an OIDC token, without any key", async () => {
  mockAnswers.push(async () => FOUND);
  const role = { roleArn: "acs:ram::1:role/r", oidcProviderArn: "acs:ram::1:oidc-provider/p", oidcTokenFile: "/tmp/t" };
  await source({ "alicloud:assumeRoleWithOidc": JSON.stringify(role) })();
  expect(mockOpened).toEqual([
    expect.objectContaining({
      type: "oidc_role_arn",
      oidcProviderArn: "acs:ram::1:oidc-provider/p",
      oidcTokenFilePath: "/tmp/t",
      roleSessionName: "pulumi",
    }),
  ]);
});

test.each(["[]", "1", "null", "{}"])("assumeRole %s asks for nothing", async (text) => {
  expect((await source({ "alicloud:assumeRole": text }, KEYS)()).accessKeyId).toBe("key");
});

test.each([
  [
    { "alicloud:credentialsUri": "http://127.0.0.1:1/" },
    {},
    { type: "credentials_uri", credentialsURI: "http://127.0.0.1:1/" },
  ],
  [{}, { ALICLOUD_CREDENTIALS_URI: "http://127.0.0.1:1/" }, { type: "credentials_uri" }],
  [{ "alicloud:ecsRoleName": "role" }, {}, { type: "ecs_ram_role", roleName: "role" }],
  [{}, { ALIBABA_CLOUD_ECS_METADATA: "role" }, { type: "ecs_ram_role", roleName: "role" }],
])("a named source: %j %j", async (config, env, options) => {
  mockAnswers.push(async () => FOUND);
  await source(config as Record<string, string>, env as Record<string, string>)();
  expect(mockOpened).toEqual([expect.objectContaining(options)]);
});

test("a profile, by configuration or environment", async () => {
  for (const [config, env] of [
    [{ "alicloud:profile": "mine" }, { ALIBABA_CLOUD_PROFILE: "other" }],
    [{}, { ALICLOUD_PROFILE: "mine" }],
  ] as const) {
    mockAnswers.push(async () => FOUND);
    await source({ ...config }, { ...env })();
    expect(mockOpened.pop()).toMatchObject({ profileName: "mine" });
  }
});

test("without anything, the default chain", async () => {
  mockAnswers.push(async () => FOUND);
  expect(await source({})()).toEqual({ accessKeyId: "found", accessKeySecret: "found secret" });
  expect(mockOpened).toEqual(["the default chain"]);
});

test("what was found is renewed by its library, and opened once", async () => {
  const credential = source({});
  mockAnswers.push(
    async () => FOUND,
    async () => ({ ...FOUND, accessKeyId: "renewed" }),
  );
  expect((await credential()).accessKeyId).toBe("found");
  expect((await credential()).accessKeyId).toBe("renewed");
  expect(mockOpened).toHaveLength(1);
});

test("after a failure the next call tries anew", async () => {
  const credential = source({ "alicloud:ecsRoleName": "deployer" });
  mockAnswers.push(
    () => Promise.reject(new Error("metadata at http://100.100.100.200/?token=hush is away")),
    async () => ({ accessKeyId: "", accessKeySecret: "hush" }),
    async () => FOUND,
  );
  const first = await messageOf(credential());
  expect(first).toMatch(
    /^No credentials could be had by `alicloud:ecsRoleName` or ALIBABA_CLOUD_ECS_METADATA: metadata .*\?\*\*\* is away\. Nothing was sent/,
  );
  expect(first).not.toContain("hush");
  expect(await messageOf(credential())).toContain("hold no access key");
  expect((await credential()).accessKeyId).toBe("found");
});

test("what is thrown and is no error is told too", async () => {
  mockAnswers.push(() => Promise.reject("away"));
  expect(await messageOf(source({ "alicloud:ecsRoleName": "deployer" })())).toContain(": away.");
});

test("where nobody named a place, the places are told, and not what the library says of each", async () => {
  mockAnswers.push(() => Promise.reject(new Error("getaddrinfo ENOTFOUND undefinedGET https://undefined")));
  const message = await messageOf(source({})());
  expect(message).toMatch(/^No Alibaba Cloud credentials were found: none in the configuration, .*\. Nothing was sent/);
  expect(message).not.toContain("undefined");
});

describe("from an address", () => {
  let server: Server;
  let body: string;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("they are fetched, and an odd answer is an error without its text", async () => {
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/c`;
    const answer = {
      Code: "Success",
      AccessKeyId: "k",
      AccessKeySecret: "s",
      SecurityToken: "t",
      Expiration: "2999-01-01T00:00:00Z",
    };
    body = JSON.stringify(answer);
    expect(await source({ "alicloud:credentialsUri": uri })()).toEqual({
      accessKeyId: "k",
      accessKeySecret: "s",
      securityToken: "t",
    });
    body = JSON.stringify({ Code: "Failed", AccessKeySecret: "hush-hush" });
    const message = await messageOf(source({ "alicloud:credentialsUri": uri })());
    expect(message).toMatch(/^No credentials could be had by `alicloud:credentialsUri`/);
    expect(message).not.toContain("hush-hush");
  });
});
