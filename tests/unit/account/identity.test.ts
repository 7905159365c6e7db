import type { Identity } from "../../../provider/account/identity";
import { readIdentity } from "../../../provider/account/identity";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const ARN = "acs:ram::2000:role/r";
const HUSH = "hush-hush";
const NEW = { ALIBABA_CLOUD_ACCESS_KEY_ID: "new", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s" };
const OLD = { ALICLOUD_ACCESS_KEY: "old", ALICLOUD_SECRET_KEY: "s", ALICLOUD_SECURITY_TOKEN: "t" };
const OIDC = {
  ALIBABA_CLOUD_ROLE_ARN: ARN,
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:p",
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/token",
};
const ALL = { ...NEW, ...OLD, ...OIDC, ALIBABA_CLOUD_PROFILE: "e", ALIBABA_CLOUD_CREDENTIALS_URI: "http://e" };
const KEY = { accessKey: "config", secretKey: "s" };
const role = JSON.stringify({ roleArn: ARN });

function read(config: Record<string, unknown>, env: Record<string, string> = {}) {
  const texts = Object.entries(config).map(([key, value]) => [`alicloud:${key}`, value]);
  const all = Object.fromEntries(texts) as Record<string, string>;
  return readIdentity({ config: (key) => all[key], env });
}

/** The way in short: its kind, and what tells it from others of the kind. */
function short({ way, role: assumed }: Identity): string {
  const what = {
    keys: () => (way.kind === "keys" ? way.credential.accessKeyId : ""),
    profile: () => (way.kind === "profile" ? `${way.name} ${way.file}` : ""),
    ecs: () => (way.kind === "ecs" ? way.roleName : ""),
    uri: () => (way.kind === "uri" ? way.uri : ""),
    oidc: () => (way.kind === "oidc" ? way.role.oidcTokenFile : ""),
    default: () => "",
    none: () => "",
  }[way.kind]();
  return `${assumed === undefined ? "" : "role with "}${way.kind} ${what}`.trim();
}

test.each<[Record<string, unknown>, Record<string, string>, string]>([
  // What the configuration names comes before everything in the environment.
  [KEY, ALL, "keys config"],
  [{ profile: "c" }, ALL, "profile c undefined"],
  [{ profile: "c", sharedCredentialsFile: "/f" }, ALL, "profile c /f"],
  [{ profile: "c" }, { ...NEW, ALICLOUD_SHARED_CREDENTIALS_FILE: "/e" }, "profile c /e"],
  [{ sharedCredentialsFile: "/f" }, ALL, "profile undefined /f"],
  [{ ecsRoleName: "c" }, ALL, "ecs c"],
  [{ credentialsUri: "http://c" }, ALL, "uri http://c"],
  [{ assumeRoleWithOidc: JSON.stringify({ roleArn: ARN, oidcProviderArn: "p", oidcTokenFile: "/c" }) }, ALL, "oidc /c"],
  [{ assumeRoleWithOidc: JSON.stringify({ roleArn: ARN }) }, ALL, "oidc /token"],
  // A role is assumed with what is named beside it, or else with what the environment has.
  [{ assumeRole: role, ...KEY }, ALL, "role with keys config"],
  [{ assumeRole: role, profile: "c" }, ALL, "role with profile c undefined"],
  [{ assumeRole: role, credentialsUri: "http://c" }, ALL, "role with uri http://c"],
  [{ assumeRole: role, ecsRoleName: "c" }, ALL, "role with ecs c"],
  [{ assumeRole: role }, ALL, "role with keys new"],
  [{ assumeRole: role }, { ALIBABA_CLOUD_PROFILE: "e" }, "role with profile e undefined"],
  [{ assumeRole: role }, {}, "role with default"],
  // The environment, in the order of the default chain.
  [{}, ALL, "keys new"],
  [{}, { ...OLD, ...OIDC }, "keys old"],
  [{}, { ...OIDC, ALIBABA_CLOUD_PROFILE: "e" }, "oidc /token"],
  [{}, { ALIBABA_CLOUD_ROLE_ARN: ARN, ALIBABA_CLOUD_PROFILE: "e" }, "profile e undefined"],
  [{}, { ALIBABA_CLOUD_PROFILE: "e", ALICLOUD_PROFILE: "o" }, "profile e undefined"],
  [{}, { ALICLOUD_PROFILE: "o", ALIBABA_CLOUD_ECS_METADATA: "r" }, "profile o undefined"],
  [{}, { ALIBABA_CLOUD_ECS_METADATA: "r", ALIBABA_CLOUD_CREDENTIALS_URI: "http://e" }, "ecs r"],
  [{}, { ALICLOUD_ECS_ROLE_NAME: "r" }, "ecs r"],
  [{}, { ALICLOUD_CREDENTIALS_URI: "http://o" }, "uri http://o"],
  [{}, { ALIBABA_CLOUD_ACCESS_KEY_ID: " ", ALIBABA_CLOUD_PROFILE: "", ...OLD }, "keys old"],
  // A role of the environment is assumed with the environment's credentials alone.
  [{}, { ...NEW, ALICLOUD_ASSUME_ROLE_ARN: ARN, ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "900" }, "role with keys new"],
  [{}, { ALICLOUD_ASSUME_ROLE_ARN: ARN }, "role with default"],
  [KEY, { ALICLOUD_ASSUME_ROLE_ARN: ARN }, "keys config"],
  [{ profile: "c" }, { ALICLOUD_ASSUME_ROLE_ARN: ARN }, "profile c undefined"],
  [{}, {}, "default"],
])("%j with %j: %s", (config, env, expected) => {
  const { identity, mistakes } = read(config, env);
  expect(mistakes).toEqual([]);
  expect(short(identity)).toBe(expected);
});

test("the parts of a key are trimmed, and never mixed from two places", () => {
  const env = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: " k\n",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: " s ",
    ALICLOUD_SECURITY_TOKEN: "t",
  };
  expect(read({}, env).identity.way).toEqual({ kind: "keys", credential: { accessKeyId: "k", accessKeySecret: "s" } });
  expect(read({}, OLD).identity.way).toMatchObject({ credential: { securityToken: "t" } });
  expect(read(KEY, { ALIBABA_CLOUD_SECURITY_TOKEN: "t" }).identity.way).toEqual({
    kind: "keys",
    credential: { accessKeyId: "config", accessKeySecret: "s" },
  });
});

/** Settings that cannot be followed, and what is said of them. */
const WRONG: [Record<string, unknown>, RegExp][] = [
  // Empty.
  ...[
    "accessKey",
    "secretKey",
    "securityToken",
    "profile",
    "sharedCredentialsFile",
    "ecsRoleName",
    "credentialsUri",
    "accountId",
    "protocol",
  ].map((name): [Record<string, unknown>, RegExp] => [{ [name]: " " }, new RegExp(`\`alicloud:${name}\` is empty`)]),
  [{ assumeRole: "" }, /`alicloud:assumeRole` is empty/],
  [{ assumeRole: "{}" }, /`alicloud:assumeRole` lacks `roleArn`/],
  [{ assumeRole: '{"roleArn":" "}' }, /`alicloud:assumeRole` must have a non-empty text as `roleArn`/],
  [{ assumeRoleWithOidc: "{}" }, /`alicloud:assumeRoleWithOidc` lacks `roleArn`/],
  [{ assumeRoleWithOidc: role }, /`alicloud:assumeRoleWithOidc` lacks `oidcProviderArn`/],
  [{ assumeRoleWithOidc: `{"roleArn":"${ARN}","oidcProviderArn":"p"}` }, /lacks `oidcTokenFile`/],
  // Of a wrong shape.
  [{ assumeRole: `[{"roleArn":"${ARN}"}]` }, /`alicloud:assumeRole` is a list/],
  [{ assumeRole: "[]" }, /`alicloud:assumeRole` is a list/],
  [{ assumeRoleWithOidc: "[]" }, /`alicloud:assumeRoleWithOidc` is a list/],
  ...[`"${ARN}"`, ARN, "1", "null", "true", `{${HUSH}`].map((text): [Record<string, unknown>, RegExp] => [
    { assumeRole: text },
    /`alicloud:assumeRole` must be one JSON object/,
  ]),
  [{ assumeRole: `{"roleArn":"${HUSH}"}` }, /must have a role such as acs:ram/],
  [{ assumeRole: `{"roleArn":"${ARN}","policy":{"Version":"1"}}` }, /must have a non-empty text as `policy`/],
  [{ assumeRole: `{"roleArn":"${ARN}","sessionExpiration":60}` }, /from 900 to 43200/],
  [{ assumeRole: `{"roleArn":"${ARN}","sessionExpiration":"soon"}` }, /from 900 to 43200/],
  [{ profile: '{"name":"p"}' }, /`alicloud:profile` must be a text/],
  [{ credentialsUri: `/etc/${HUSH}` }, /`alicloud:credentialsUri` must be an http/],
  [{ accountId: "my-account" }, /`alicloud:accountId` must be the number/],
  [{ protocol: "ftp" }, /`alicloud:protocol` must be HTTP or HTTPS/],
  [{ endpoints: `{${HUSH}` }, /`alicloud:endpoints` must be JSON/],
  [{ endpoints: '"live.example.com"' }, /`alicloud:endpoints` must be JSON/],
  [{ endpoints: '[{"live":{"host":"x"}}]' }, /must have a host name .* as `live`/],
  [{ endpoints: '{"sts":"http://not.loopback"}' }, /must have a host name .* as `sts`/],
  [{ endpoints: '[{"STS":"x"}]' }, /has `STS`; did you mean `sts`/],
  // By half.
  [{ accessKey: HUSH }, /`alicloud:accessKey` is set without `alicloud:secretKey`/],
  [{ secretKey: HUSH }, /`alicloud:secretKey` is set without `alicloud:accessKey`/],
  [{ securityToken: HUSH }, /`alicloud:securityToken` is set without/],
  // Misspelt.
  [{ assumeRole: `{"role_arn":"${ARN}"}` }, /has `role_arn`, which is unknown; did you mean `roleArn`/],
  [{ assumeRole: `{"roleARN":"${ARN}"}` }, /did you mean `roleArn`/],
  [{ assumeRole: `{"roleArn":"${ARN}","sesionName":"x"}` }, /did you mean `sessionName`/],
  [{ assumeRole: `{"roleArn":"${ARN}","transitive":"x"}` }, /has `transitive`, which is unknown/],
  ...Object.entries({
    acessKey: "accessKey",
    accessKeyId: "accessKey",
    access_key: "accessKey",
    "access-key": "accessKey",
    AccessKey: "accessKey",
    accesskey: "accessKey",
    accessKeySecret: "secretKey",
    secretkey: "secretKey",
    stsToken: "securityToken",
    profil: "profile",
    proflie: "profile",
    profiles: "profile",
    Profile: "profile",
    assume_role: "assumeRole",
    assumerole: "assumeRole",
    roleArn: "assumeRole",
    assumeRoleWithOIDC: "assumeRoleWithOidc",
    assumeRoleWithOidcs: "assumeRoleWithOidc",
    ecs_role_name: "ecsRoleName",
    credentialsURI: "credentialsUri",
    credentialUri: "credentialsUri",
    shared_credentials_file: "sharedCredentialsFile",
    endpoint: "endpoints",
    regionId: "region",
    secretAccessKey: "secretKey",
    accessSecretKey: "secretKey",
    accessId: "accessKey",
    credentialFile: "sharedCredentialsFile",
    shared_config_file: "sharedCredentialsFile",
    ramRole: "assumeRole",
    ecsRamRole: "ecsRoleName",
    ecsRamRoleName: "ecsRoleName",
    roleName: "ecsRoleName",
    liveEndpoint: "endpoints",
    stsEndpoint: "endpoints",
  }).map(([key, meant]): [Record<string, unknown>, RegExp] => [
    { [key]: HUSH },
    new RegExp(`\`alicloud:${key}\` is not a setting; did you mean \`alicloud:${meant}\``),
  ]),
  // Not supported.
  [{ assumeRoleWithOidc: `{"roleArn":"${ARN}","oidcToken":"${HUSH}"}` }, /has `oidcToken`, which is not supported/],
  // More than one.
  [{ ...KEY, profile: "p" }, /`alicloud:accessKey` and `alicloud:profile` name more than one identity/],
  [{ credentialsUri: "http://c", ecsRoleName: "r" }, /name more than one identity/],
];

describe.each(WRONG)("%j", (config, message) => {
  const full = new Map(Object.entries(config).map(([key, value]) => [`alicloud:${key}`, String(value)]));

  test("is refused by name before anything is sent, and only a read or a delete goes on", async () => {
    const stage = new Stage();
    const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
    const inputs = await stage.checked(ARGS);
    stage.config = full;
    stage.start();
    stage.cloud.calls.length = 0;
    const { failures } = (await stage.hooks.check?.({}, { ...ARGS })) ?? {};
    expect(failures?.map(({ reason }) => reason).join()).toMatch(message);
    expect(JSON.stringify(failures)).not.toContain(HUSH);
    for (const refused of [
      stage.hooks.create(inputs),
      stage.hooks.update?.(id, outs, { ...outs, monitorName: "other" }),
      stage.hooks.read?.(id, {}),
    ] as Promise<unknown>[]) {
      const error = await thrownBy(stage.clock.run(refused));
      expect(error.message).toMatch(
        /^The credentials cannot be chosen: .* Nothing was sent, and the state is unchanged/,
      );
      expect(error.message).toMatch(message);
      expect(error.message).not.toContain(HUSH);
    }
    expect(stage.cloud.calls).toEqual([]);
    if (/more than one|as `sts`/.test(message.source)) {
      // What is left of these is another way to credentials, or none to STS.
      return;
    }
    expect((await stage.read(id, outs)).id).toBe(id);
    await stage.delete(id, outs);
    expect(stage.cloud.actions()[0]).toBe("GetCallerIdentity");
    expect(stage.shown.filter((text) => text.startsWith("These settings cannot be used and are ignored"))).toHaveLength(
      2,
    );
    expect(stage.shown.join()).toMatch(message);
    expect(stage.shown.join()).not.toContain(HUSH);
  });
});

describe("settings that cannot be followed, and were saved", () => {
  async function saved(accountId = "1000") {
    const stage = new Stage();
    const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
    stage.config = new Map([["alicloud:assumeRole", "[]"]]);
    stage.cloud.accountId = accountId;
    stage.start();
    stage.cloud.calls.length = 0;
    return { stage, id, outs };
  }

  test.each(["read", "delete"] as const)("%s ends before it asks another account", async (hook) => {
    const { stage, id, outs } = await saved("2000");
    const error = await thrownBy(stage[hook](id, outs));
    expect(error.message).toMatch(/assumeRole.*are of account 2000, and the session is of account 1000.*--run-program/);
    expect(stage.cloud.actions()).toEqual(["GetCallerIdentity"]);
  });

  test.each(["read", "delete"] as const)("%s ends where STS does not say which account it is", async (hook) => {
    const { stage, id, outs } = await saved();
    stage.cloud.script("GetCallerIdentity", { kind: "refuse", code: "NoPermission", status: 403 });
    const error = await thrownBy(stage[hook](id, outs));
    expect(error.message).toMatch(/could not be verified: GetCallerIdentity answered NoPermission/);
    expect(stage.cloud.actions()).toEqual(["GetCallerIdentity"]);
  });

  test.each(["read", "delete"] as const)("%s ends where the state names no account", async (hook) => {
    const { stage, id, outs } = await saved();
    const { accountId, seal, ...unknown } = outs;
    const error = await thrownBy(stage[hook](id, unknown));
    expect(error.message).toMatch(/does not reliably record which account/);
    const edited = await thrownBy(stage[hook](id, { ...outs, accountId: "3000" }));
    expect(edited.message).toMatch(/does not reliably record which account/);
    expect(stage.cloud.actions()).toEqual([]);
  });
});

test("`alicloud:accountId` is the account that a create must be in", async () => {
  const stage = new Stage();
  stage.config = new Map([["alicloud:accountId", "2000"]]);
  stage.start();
  const error = await thrownBy(stage.create(ARGS));
  expect(error.message).toMatch(/belong to account 1000, but `alicloud:accountId` names account 2000. No session/);
  expect(stage.cloud.actions()).toEqual(["GetCallerIdentity"]);
  stage.config = new Map([["alicloud:accountId", "1000"]]);
  await stage.create(ARGS);
});

test("settings that mean nothing here are told once", async () => {
  const stage = new Stage();
  stage.config = new Map([
    ["alicloud:sourceIp", "1.2.3.4"],
    ["alicloud:skipRegionValidation", "true"],
  ]);
  stage.start();
  const { id, outs } = await stage.create(ARGS);
  await stage.delete(id, outs);
  expect(stage.shown.filter((text) => text.includes("do not use"))).toEqual([
    "Stream monitors do not use these settings: alicloud:skipRegionValidation, alicloud:sourceIp.",
  ]);
});

test("a variable that is set by half is told in the preview", async () => {
  const stage = new Stage({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: "" });
  const { failures } = (await stage.hooks.check?.({}, { ...ARGS })) ?? {};
  expect(JSON.stringify(failures)).toMatch(
    /Only one of ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET/,
  );
});

test.each([
  [{ ALICLOUD_ASSUME_ROLE_ARN: "deployer" }, "ALICLOUD_ASSUME_ROLE_ARN"],
  [
    { ALICLOUD_ASSUME_ROLE_ARN: ARN, ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "1h" },
    "ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",
  ],
])("%j is refused by name", (env, setting) => {
  expect(read({}, { ...NEW, ...env }).mistakes).toEqual([expect.objectContaining({ setting })]);
});
