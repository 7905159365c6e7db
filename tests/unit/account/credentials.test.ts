import { setMaxListeners } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Credentials, credentialsOf } from "../../../provider/account/credentials";
import type { SourceAnswer, SourceRequest } from "../../../provider/account/source-request";
import { SourceFailure } from "../../../provider/account/source-request";
import type { Clock } from "../../../provider/base/clock";
import type { Credential } from "../../../provider/live/transport";
import { thrownBy } from "../../support/thrown";
import { VirtualClock } from "../../support/virtual-clock";

const home = mkdtempSync(join(tmpdir(), "credentials-"));
const HUSH = "hush-hush-secret";
const cliFile = join(home, ".aliyun", "config.json");
const tokenFile = join(home, "token");
beforeAll(() => {
  mkdirSync(join(home, ".aliyun"));
  mkdirSync(join(home, ".alibabacloud"));
  writeFileSync(tokenFile, "oidc-token");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const ENV = { HOME: home, USERPROFILE: home };
const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "env-key", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "env-secret" };
const ROLE = "acs:ram::1:role/r";
const GIVEN = { AccessKeyId: "STS.k", AccessKeySecret: "s", SecurityToken: "t", Expiration: "2999-01-01T00:00:00Z" };
const answer = (statusCode: number, body: unknown, type = "application/json"): SourceAnswer => ({
  statusCode,
  headers: { "content-type": type },
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});
/** Good for every source: STS, an address, and the metadata of an instance. */
const good = () => answer(200, { Code: "Success", ...GIVEN, Credentials: GIVEN });
const odd = (part: object) => ({ Code: "Success", ...GIVEN, ...part, Credentials: { ...GIVEN, ...part } });

interface Ask {
  config?: Record<string, string>;
  env?: Record<string, string>;
  answers?: (() => SourceAnswer)[];
  profiles?: unknown;
}

/** Waits take no time: files and programs are real here, and would not keep up with a virtual clock. */
const impatient: Clock = {
  now: () => 0,
  random: () => 0,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (ms < 60_000) {
        setImmediate(() => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        });
      }
    }),
};

/** Asks for credentials; `asked` are the requests that were sent. The deadline comes with the fiftieth. */
async function ask({ config = {}, env = {}, answers = [], profiles }: Ask) {
  rmSync(cliFile, { force: true });
  if (profiles !== undefined) {
    writeFileSync(cliFile, typeof profiles === "string" ? profiles : JSON.stringify(profiles));
  }
  const asked: SourceRequest[] = [];
  const deadline = new AbortController();
  const transport = async (request: SourceRequest) => {
    if (asked.push(request) === 50) {
      deadline.abort(new Error("the deadline"));
    }
    return ((answers.length > 1 ? answers.shift() : answers[0]) ?? good)();
  };
  // A map: thousands of misspelt names are asked for.
  const configured = new Map(Object.entries(config).map(([name, value]) => [`alicloud:${name}`, value]));
  const sources = { config: (key: string) => configured.get(key), env: { ...ENV, ...env } };
  return credentialsOf(sources, impatient, transport)
    .get(deadline.signal)
    .then(
      (credential) => ({ credential, error: undefined, asked }),
      (error: Error) => ({ credential: undefined, error, asked }),
    );
}

const profile = (fields: object) => ({ current: "p", profiles: [{ name: "p", ...fields }] });
const AK = { mode: "AK", access_key_id: "file-key", access_key_secret: HUSH };
const helper = (script: string) => profile({ mode: "External", process_command: `${process.execPath} -e "${script}"` });
const P = { profile: "p" };

/** Every source that asks somebody over the network: its settings, and whom it asks. */
const ASKING: [string, Ask, RegExp][] = [
  [
    "credentialsUri",
    { config: { credentialsUri: `http://host.example/c?token=${HUSH}` } },
    /^http:\/\/host\.example\/c/,
  ],
  [
    "the address of the environment",
    { env: { ALIBABA_CLOUD_CREDENTIALS_URI: "http://h.example/c" } },
    /^http:\/\/h\.ex/,
  ],
  ["assumeRole", { config: { assumeRole: `{"roleArn":"${ROLE}"}` }, env: KEYS }, /^https:\/\/sts\.aliyuncs\.com\/\?/],
  [
    "assumeRoleWithOidc",
    {
      config: {
        assumeRoleWithOidc: JSON.stringify({ roleArn: ROLE, oidcProviderArn: "acs:p", oidcTokenFile: tokenFile }),
      },
    },
    /^https:\/\/sts\.aliyuncs\.com\/\?/,
  ],
  ["ecsRoleName", { config: { ecsRoleName: "role" } }, /^http:\/\/100\.100\.100\.200\//],
  [
    "a profile with a role",
    { config: P, profiles: profile({ ...AK, mode: "RamRoleArn", ram_role_arn: ROLE }) },
    /^https:\/\/sts\.aliyuncs\.com\/\?/,
  ],
  [
    "a chained profile",
    {
      config: { profile: "q" },
      profiles: {
        profiles: [
          { name: "p", ...AK, mode: "RamRoleArn", ram_role_arn: ROLE },
          { name: "q", mode: "ChainableRamRoleArn", source_profile: "p", ram_role_arn: ROLE },
        ],
      },
    },
    /^https:\/\/sts\.aliyuncs\.com\/\?/,
  ],
  [
    "a profile with OIDC",
    {
      config: P,
      profiles: profile({ mode: "OIDC", oidc_provider_arn: "a", oidc_token_file: tokenFile, ram_role_arn: ROLE }),
    },
    /^https:\/\/sts\.aliyuncs\.com\/\?/,
  ],
];

describe.each(ASKING)("%s", (_name, settings, whom) => {
  const broken = () => {
    throw new SourceFailure("again", "host cannot be reached (ECONNRESET)");
  };

  test("brings a temporary key, from where it is named", async () => {
    const { credential, asked } = await ask(settings);
    expect(credential).toEqual({ accessKeyId: "STS.k", accessKeySecret: "s", securityToken: "t" });
    expect(asked.at(-1)?.url).toMatch(whom);
  });

  test.each<[string, () => SourceAnswer]>([
    ["a broken connection", broken],
    ["503", () => answer(503, HUSH, "text/html")],
    ["500", () => answer(500, { Code: "InternalError", Message: HUSH })],
    ["429", () => answer(429, { Code: "Throttling.User", Message: HUSH })],
    ["408", () => answer(408, HUSH, "text/html")],
    [
      "a refusal that says when to come back",
      () => ({ ...answer(400, { Code: "Busy" }), headers: { "x-acs-retry-after": "100" } }),
    ],
  ])("is asked again after %s, until the deadline", async (_what, bad) => {
    // An instance is asked for a session token first, and by its older way after each failure.
    const { credential, asked } = await ask({ ...settings, answers: [bad, bad, bad, bad, bad, good] });
    expect(credential?.accessKeyId).toBe("STS.k");
    expect(asked.length).toBeGreaterThanOrEqual(6);
    const never = await ask({ ...settings, answers: [bad] });
    expect(never.error?.message).toBe("the deadline");
  });

  test.each<[string, () => SourceAnswer]>([
    ["403", () => answer(403, { Code: "NoPermission", Message: HUSH })],
    ["404", () => answer(404, HUSH, "text/plain")],
    ["a redirect", () => answer(302, HUSH)],
    ["what is no JSON", () => answer(200, `<html>${HUSH}</html>`, "text/html")],
    ["JSON without a key", () => answer(200, { Code: "Success", hush: HUSH })],
    ["a key of another type", () => answer(200, odd({ AccessKeyId: 5 }))],
    ["a secret of another type", () => answer(200, odd({ AccessKeySecret: { hush: HUSH } }))],
    ["a token of another type", () => answer(200, odd({ SecurityToken: 7 }))],
    ["half a key", () => answer(200, { AccessKeyId: "k", SecurityToken: HUSH, Credentials: { AccessKeyId: "k" } })],
  ])("is final after %s, in our own words", async (_what, bad) => {
    const { error, asked } = await ask({ ...settings, answers: [bad] });
    expect(error?.message).toMatch(/^Could not load credentials from .*Nothing was sent, and the state is unchanged\./);
    expect(error?.message).not.toContain("hush");
    expect(error?.message).not.toContain("token=");
    expect(asked.length).toBeLessThanOrEqual(4);
  });
});

test.each(ASKING.filter(([name]) => /role|chain|OIDC/i.test(name) && name !== "ecsRoleName"))(
  "%s asks the configured STS, by plain HTTP only where that is loopback",
  async (_name, settings) => {
    const endpoints = (sts: string) => ({
      ...settings,
      config: { ...settings.config, endpoints: JSON.stringify([{ sts }]) },
    });
    for (const [sts, prefix] of [
      ["sts.inside.example:8443", "https://sts.inside.example:8443/?"],
      ["http://127.0.0.1:9", "http://127.0.0.1:9/?"],
    ] as const) {
      const { asked } = await ask(endpoints(sts));
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.every(({ url }) => url.startsWith(prefix))).toBe(true);
    }
    const { asked } = await ask({
      ...settings,
      env: { ...settings.env, ALIBABA_CLOUD_ENDPOINT_STS: "sts.env.example" },
    });
    expect(asked.every(({ url }) => url.startsWith("https://sts.env.example/?"))).toBe(true);
  },
);

test("a role is assumed with all that is configured for it", async () => {
  const role = { roleArn: ROLE, sessionName: "ci", policy: "{}", externalId: "x", sessionExpiration: 900 };
  const { asked } = await ask({ config: { assumeRole: JSON.stringify(role) }, env: KEYS });
  expect(asked[0]?.url).toContain("AccessKeyId=env-key");
  expect(asked[0]?.body).toBe(
    `RoleArn=${encodeURIComponent(ROLE)}&Policy=%7B%7D&ExternalId=x&RoleSessionName=ci&DurationSeconds=900`,
  );
});

test("a role is assumed with a profile", async () => {
  const { asked } = await ask({
    config: { assumeRole: `{"roleArn":"${ROLE}"}`, ...P },
    env: KEYS,
    profiles: profile(AK),
  });
  expect(asked[0]?.url).toContain("AccessKeyId=file-key");
});

const FILE = join(home, "own.json");
describe("profiles", () => {
  const both = { config: P, env: KEYS };

  test.each<[string, Ask, Partial<Credential>]>([
    ["AK", { ...both, profiles: profile(AK) }, { accessKeyId: "file-key", accessKeySecret: HUSH }],
    ["a token", { ...both, profiles: profile({ ...AK, mode: "StsToken", sts_token: "t" }) }, { securityToken: "t" }],
    ["a BOM", { ...both, profiles: `\uFEFF${JSON.stringify(profile(AK))}` }, { accessKeyId: "file-key" }],
    ["the current one", { profiles: profile(AK) }, { accessKeyId: "file-key" }],
    ["one of the environment", { env: { ALICLOUD_PROFILE: "p" }, profiles: profile(AK) }, { accessKeyId: "file-key" }],
    ["one of an own file", { config: { ...P, sharedCredentialsFile: FILE }, env: KEYS }, { accessKeyId: "own-key" }],
    ["one at home", { config: { ...P, sharedCredentialsFile: "~/own.json" } }, { accessKeyId: "own-key" }],
    [
      "the current one of an own file",
      { config: { sharedCredentialsFile: FILE }, env: KEYS },
      { accessKeyId: "own-key" },
    ],
    [
      "a helper",
      { ...both, profiles: helper("console.log(JSON.stringify({access_key_id:'h',access_key_secret:'s'}))") },
      { accessKeyId: "h" },
    ],
    ["a section of the file of the SDKs", { config: { profile: "ini" }, env: KEYS }, { accessKeyId: "ini-key" }],
  ])("%s", async (_name, settings, expected) => {
    writeFileSync(FILE, JSON.stringify({ current: "p", profiles: [{ name: "p", ...AK, access_key_id: "own-key" }] }));
    writeFileSync(
      join(home, ".alibabacloud", "credentials"),
      `[ini]\ntype = access_key\naccess_key_id = ini-key\naccess_key_secret = ${HUSH}\n[half]\ntype = access_key\n`,
    );
    expect((await ask(settings)).credential).toMatchObject(expected);
  });

  // The library would fill what is missing from these.
  beforeAll(() => Object.assign(process.env, KEYS, { ALIBABA_CLOUD_ROLE_ARN: ROLE }));
  afterAll(() => {
    for (const name of [...Object.keys(KEYS), "ALIBABA_CLOUD_ROLE_ARN"]) {
      delete process.env[name];
    }
  });
  test.each<[string, unknown, RegExp]>([
    ["no file", undefined, /the profile file .*config\.json does not exist/],
    ["a comma too many", `{"profiles":[{"name":"p","mode":"AK","access_key_secret":"${HUSH}",}]}`, /is not the JSON/],
    ["a colon missing", `{"profiles":[{"name":"p","access_key_secret" "${HUSH}"}]}`, /is not the JSON/],
    ["another format", `AccessKey ID,AccessKey Secret\nLTAI,${HUSH}\n`, /is not the JSON/],
    ["JSON in JSON", JSON.stringify(JSON.stringify(profile(AK))), /is not the JSON/],
    ["no profiles", { hush: HUSH }, /is not the JSON/],
    ["another profile", { profiles: [{ name: HUSH }] }, /profile "p" of .*config\.json does not exist/],
    ["an unknown mode", profile({ mode: HUSH }), /has none of the supported modes \(AK, /],
    ["a mode that is no longer supported", profile({ mode: "RsaKeyPair", private_key: HUSH }), /none of the supported/],
    ["no key", profile({ mode: "AK", access_key_secret: HUSH }), /lacks access_key_id\./],
    ["no token", profile({ ...AK, mode: "StsToken" }), /lacks sts_token\./],
    ["no role", profile({ ...AK, mode: "RamRoleArn" }), /lacks ram_role_arn\./],
    [
      "a chain without end",
      profile({ mode: "ChainableRamRoleArn", source_profile: "p", ram_role_arn: ROLE }),
      /form a loop/,
    ],
    [
      "an expired sign-in",
      profile({
        mode: "CloudSSO",
        cloud_sso_sign_in_url: "https://x",
        cloud_sso_account_id: "1",
        cloud_sso_access_config: "c",
        access_token: HUSH,
      }),
      /sign-in may have expired/,
    ],
    [
      "a helper that fails",
      helper(`process.exit('${HUSH}'.length)`),
      /the helper program of profile "p" of .* failed\./,
    ],
    [
      "a helper that prints nonsense",
      helper(`console.log('${HUSH}')`),
      /the helper program of profile "p" of .* gave none/,
    ],
    [
      "a helper that is not there",
      profile({ mode: "External", process_command: `/no/such/${HUSH}` }),
      /helper program/,
    ],
    ["a helper with an open quote", profile({ mode: "External", process_command: `h '${HUSH}` }), /helper program/],
  ])("%s: an error in our own words, with the path", async (_name, profiles, message) => {
    rmSync(join(home, ".alibabacloud", "credentials"), { force: true });
    const { error, asked } = await ask({ ...both, profiles });
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/^Could not load credentials from `alicloud:profile`: /);
    expect(error?.message).not.toContain("hush");
    expect(asked).toEqual([]);
  });

  test("a section without its key is not completed from the environment", async () => {
    writeFileSync(join(home, ".alibabacloud", "credentials"), "[half]\ntype = access_key\n");
    const { error } = await ask({ config: { profile: "half" }, env: KEYS });
    expect(error?.message).toMatch(/section "half" of .*credentials lacks access_key_id and access_key_secret/);
    rmSync(join(home, ".alibabacloud", "credentials"));
  });

  test("a helper that fails is run twice more", async () => {
    const count = join(home, "count");
    const script = join(home, "helper.sh");
    writeFileSync(
      script,
      `#!/bin/sh\necho x >>${count}\n[ $(wc -l <${count}) -gt 2 ] && echo '{"access_key_id":"h","access_key_secret":"s"}' || exit 3\n`,
    );
    chmodSync(script, 0o755);
    const { credential } = await ask({ config: P, profiles: profile({ mode: "External", process_command: script }) });
    expect(credential?.accessKeyId).toBe("h");
  });
});

test("a file of the OIDC token that is not there is named by its role, and final", async () => {
  const role = { roleArn: ROLE, oidcProviderArn: "a", oidcTokenFile: "/no/such/token" };
  const { error } = await ask({ config: { assumeRoleWithOidc: JSON.stringify(role) } });
  expect(error?.message).toMatch(/OIDC token in \/no\/such\/token needs a file that cannot be read/);
});

test("the instance takes no place of a current profile whose helper fails for a moment", async () => {
  const { error, asked } = await ask({ profiles: helper("process.exit(3)") });
  expect(error?.message).toMatch(/the helper program of profile "p" of .* failed/);
  expect(asked).toEqual([]);
});

test("where nobody names a source, what was looked at is told", async () => {
  const { error } = await ask({
    answers: [
      () => {
        throw new SourceFailure("again", "100.100.100.200 cannot be reached (EHOSTUNREACH)");
      },
    ],
  });
  expect(error?.message).toMatch(
    /^No Alibaba Cloud credentials were found: none in the configuration or the environment; the profile file .* does not exist; 100\.100\.100\.200 cannot be reached/,
  );
});

test("an instance that forbids its metadata is not asked for a role", async () => {
  const { error, asked } = await ask({
    config: { ecsRoleName: "r" },
    env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" },
  });
  expect(error?.message).toMatch(/ALIBABA_CLOUD_ECS_METADATA_DISABLED/);
  expect(asked).toEqual([]);
});

describe("what is held", () => {
  const signal = new AbortController().signal;
  // Many ask at once on this one signal; in the provider each operation has its own.
  setMaxListeners(0, signal);
  function lab(read?: (n: number) => Promise<Credential>) {
    const clock = new VirtualClock();
    let reads = 0;
    const credentials = new Credentials(clock, async () => {
      reads += 1;
      await clock.sleep(1_000);
      return read?.(reads) ?? { accessKeyId: `key ${reads}`, accessKeySecret: "s" };
    });
    return { clock, credentials, reads: () => reads };
  }

  test("one fetch serves all who ask, for ten minutes", async () => {
    const { clock, credentials, reads } = lab();
    const many = await clock.run(Promise.all(Array.from({ length: 50 }, () => credentials.get(signal))));
    expect(new Set(many.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(["key 1"]));
    await clock.run(clock.sleep(599_000 - 1));
    expect((await clock.run(credentials.get(signal))).accessKeyId).toBe("key 1");
    await clock.run(clock.sleep(1_001));
    expect((await clock.run(credentials.get(signal))).accessKeyId).toBe("key 2");
    expect(reads()).toBe(2);
  });

  test("a refused one is dropped once, however many were refused with it", async () => {
    const { clock, credentials, reads } = lab();
    const first = await clock.run(credentials.get(signal));
    const renewed = await clock.run(Promise.all(Array.from({ length: 9 }, () => credentials.renew(first, signal))));
    expect(renewed.map((each) => each?.accessKeyId)).toEqual(Array(9).fill("key 2"));
    expect((await credentials.renew(first, signal))?.accessKeyId).toBe("key 2");
    expect(reads()).toBe(2);
  });

  test("the same once more is nothing new", async () => {
    const { clock, credentials, reads } = lab(async () => ({ accessKeyId: "k", accessKeySecret: "s" }));
    const first = await clock.run(credentials.get(signal));
    expect(await clock.run(credentials.renew(first, signal))).toBeUndefined();
    expect(reads()).toBe(2);
  });

  test("who gives up does not end the fetch of the others", async () => {
    const { clock, credentials } = lab();
    const impatient = new AbortController();
    const patient = credentials.get(signal);
    const given = thrownBy(credentials.get(impatient.signal));
    impatient.abort(new Error("over"));
    expect((await given).message).toBe("over");
    expect((await clock.run(patient)).accessKeyId).toBe("key 1");
  });

  test("a source that says nothing is asked anew, and holds nobody past the deadline", async () => {
    const { clock, credentials, reads } = lab((n) =>
      n === 1 ? new Promise<never>(() => {}) : Promise.resolve({ accessKeyId: "late", accessKeySecret: "s" }),
    );
    const waits: string[] = [];
    const got = credentials.get(signal, (failure) => waits.push(failure.message));
    expect((await clock.run(got)).accessKeyId).toBe("late");
    expect(waits).toEqual(["there was no answer within 75 s"]);
    expect(reads()).toBe(2);
  });
});
