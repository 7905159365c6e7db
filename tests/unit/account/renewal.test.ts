import type { SourceRequest } from "../../../provider/account/source-request";
import { SourceFailure } from "../../../provider/account/source-request";
import { TransportFailure, type TransportRequest } from "../../../provider/live/transport";
import { ARGS, Stage } from "../../support/stage";
import { thrownBy } from "../../support/thrown";

const URI = { ALIBABA_CLOUD_ACCESS_KEY_ID: undefined, ALIBABA_CLOUD_CREDENTIALS_URI: "http://keys.example/c" };
const NO_KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: undefined, ALIBABA_CLOUD_ACCESS_KEY_SECRET: undefined };
const OLD = { "alicloud:accessKey": "old", "alicloud:secretKey": "old-secret" };
const NEW = { ALIBABA_CLOUD_ACCESS_KEY_ID: "new", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "new-secret" };

/** A cloud that refuses some access keys, and knows to which account each belongs. */
function stageOf(env: Record<string, string | undefined>, config: Record<string, string> = {}) {
  const stage = new Stage(env);
  const refused = new Map<string, string>();
  const accounts = new Map<string, string>();
  const asked: SourceRequest[] = [];
  const original = stage.cloud.transport;
  Object.assign(stage.cloud, {
    transport: async (request: TransportRequest) => {
      const { accessKeyId } = request.credential;
      const code = refused.get(accessKeyId);
      if (code !== undefined) {
        stage.cloud.calls.push({ ...request, time: stage.clock.now(), accessKeyId });
        throw new TransportFailure("refusal", "no", 404, code, "req");
      }
      stage.cloud.accountId = accounts.get(accessKeyId) ?? "1000";
      return original(request);
    },
  });
  stage.sourceTransport = async (request) => {
    const n = asked.push(request);
    const answer = {
      AccessKeyId: `STS.${n}`,
      AccessKeySecret: "s",
      SecurityToken: "t",
      Expiration: "2999-01-01T00:00:00Z",
    };
    return { statusCode: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) };
  };
  stage.config = new Map(Object.entries(config));
  stage.start();
  const keys = () => stage.cloud.calls.map(({ accessKeyId }) => accessKeyId);
  return { stage, refused, accounts, asked, keys };
}

test("a source that gives a new key at each question is asked once in ten minutes", async () => {
  const { stage, asked, keys } = stageOf({ ...URI, ...NO_KEYS });
  const { id, outs } = await stage.create({ ...ARGS, running: true });
  await stage.read(id, outs);
  expect(asked).toHaveLength(1);
  await stage.clock.run(stage.clock.sleep(10 * 60_000));
  await stage.delete(id, outs);
  expect(asked).toHaveLength(2);
  expect(new Set(keys())).toEqual(new Set(["STS.1", "STS.2"]));
});

test("a session that somebody deleted leaves the state, though each process has another key", async () => {
  const { stage } = stageOf({ ...URI, ...NO_KEYS });
  const { id, outs } = await stage.create(ARGS);
  stage.cloud.sessions.clear();
  stage.start();
  await stage.delete(id, outs);
});

const CODES = [
  "InvalidAccessKeyId.NotFound",
  "InvalidAccessKeyId.Inactive",
  "InvalidSecurityToken.Expired",
  "InvalidSecurityToken.Malformed",
  "MissingSecurityToken",
  "SignatureDoesNotMatch",
];

describe.each(CODES)("%s", (code) => {
  test.each(["create", "read", "update", "delete"] as const)("at a %s, the source is read once more", async (hook) => {
    const { stage, refused, asked } = stageOf({ ...URI, ...NO_KEYS });
    const { id, outs } = await stage.create({ ...ARGS, monitorName: "wall" });
    refused.set("STS.1", code);
    const before = stage.cloud.sessions.size;
    await (hook === "create"
      ? stage.create({ ...ARGS, monitorName: "second" })
      : hook === "update"
        ? stage.update(id, outs, { ...ARGS, monitorName: "other" })
        : stage[hook](id, outs));
    expect(asked).toHaveLength(2);
    expect(stage.cloud.sessions.size - before).toBe({ create: 1, read: 0, update: 0, delete: -1 }[hook]);
  });

  test("a second refusal is final", async () => {
    const { stage, refused, asked } = stageOf({ ...URI, ...NO_KEYS });
    const { id, outs } = await stage.create(ARGS);
    // A process that knows no account yet cannot tell by STS that the newer key is no better.
    stage.start();
    for (let n = 1; n < 20; n += 1) {
      refused.set(`STS.${n}`, code);
    }
    expect((await thrownBy(stage.delete(id, outs))).message).toContain(`answered ${code}`);
    expect(asked).toHaveLength(3);
  });

  test("the same key once more is final", async () => {
    const { stage, refused, keys } = stageOf(NEW);
    const { id, outs } = await stage.create(ARGS);
    refused.set("new", code);
    stage.cloud.calls.length = 0;
    expect((await thrownBy(stage.delete(id, outs))).message).toContain(`answered ${code}`);
    expect(keys()).toEqual(["new"]);
  });
});

test("a newer key of another account ends the operation before anything is sent with it", async () => {
  const { stage, refused, accounts, keys } = stageOf({ ...URI, ...NO_KEYS });
  const { id, outs } = await stage.create(ARGS);
  refused.set("STS.1", "InvalidSecurityToken.Expired");
  accounts.set("STS.2", "2000");
  stage.cloud.calls.length = 0;
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(/changed from account 1000 to account 2000 .*Nothing was sent as account 2000/);
  expect(stage.cloud.calls.filter((call) => call.accessKeyId === "STS.2").map((call) => call.action)).toEqual([
    "GetCallerIdentity",
  ]);
  expect(keys()).toContain("STS.1");
});

test("a source that cannot be reached is told of at the deadline", async () => {
  const { stage } = stageOf({ ...URI, ...NO_KEYS });
  const { id, outs } = await stage.create(ARGS);
  stage.sourceTransport = async () => {
    throw new SourceFailure("again", "keys.example answered HTTP 503");
  };
  stage.start();
  const error = await thrownBy(stage.delete(id, outs));
  expect(error.message).toMatch(/did not end within 10m.*no credentials: keys\.example answered HTTP 503/);
  expect(stage.cloud.sessions.size).toBe(1);
});

describe("the saved access key was rotated", () => {
  const OUTDATED = ["NotFound", "Inactive"].map((each) => `InvalidAccessKeyId.${each}`);
  OUTDATED.push("InvalidSecurityToken.Expired", "InvalidAccessKeyId.Expired", "SignatureDoesNotMatch");

  async function rotated(env: Record<string, string | undefined> = NEW, config: Record<string, string> = OLD) {
    const lab = stageOf({ ...NO_KEYS, ...env }, config);
    const { id, outs } = await lab.stage.create({ ...ARGS, monitorName: "wall", running: true });
    lab.stage.start();
    lab.stage.cloud.calls.length = 0;
    lab.refused.set("old", "InvalidAccessKeyId.Inactive");
    return { ...lab, id, outs };
  }

  test.each(
    OUTDATED.flatMap(
      (code) =>
        [
          ["read", code],
          ["delete", code],
        ] as const,
    ),
  )("a %s that is answered %s uses the key of the environment", async (hook, code) => {
    const { stage, refused, id, outs, keys } = await rotated();
    refused.set("old", code);
    await stage[hook](id, outs);
    expect(keys()[0]).toBe("old");
    expect(new Set(keys().slice(1))).toEqual(new Set(["new"]));
    expect(stage.cloud.actions()[1]).toBe("GetCallerIdentity");
    expect(stage.lines.filter(({ severity }) => severity === "warning").map(({ text }) => text)).toEqual([
      `The access key of the saved configuration was refused (${code}). The credentials of the environment (ALIBABA_CLOUD_ACCESS_KEY_ID) are used instead: STS confirms that they belong to the same account 1000. To save the new key, set it in the configuration and run \`pulumi up\`.`,
    ]);
  });

  test("many at once decide it once", async () => {
    const { stage, id, outs } = await rotated();
    await stage.clock.run(Promise.all(Array.from({ length: 9 }, () => stage.hooks.read?.(id, outs))));
    expect(stage.cloud.actions().filter((action) => action === "GetCallerIdentity")).toHaveLength(1);
  });

  test("STS decides also where the account check is switched off", async () => {
    const { stage, accounts, id, outs } = await rotated({ ...NEW });
    stage.env.ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK = "1";
    accounts.set("new", "2000");
    stage.start();
    const error = await thrownBy(stage.delete(id, outs));
    expect(error.message).toMatch(
      /belong to account 2000, and the session belongs to account 1000, so they were not used/,
    );
    expect(stage.cloud.sessions.size).toBe(1);
  });

  const explicit = { ...OLD, "alicloud:explicitProvider": "true" };
  test.each<
    [string, Record<string, string | undefined>, Record<string, string>, (outs: Record<string, unknown>) => object]
  >([
    ["an explicit provider", NEW, explicit, (outs) => outs],
    ["no credentials in the environment", {}, OLD, (outs) => outs],
    ["half a key in the environment", { ALIBABA_CLOUD_ACCESS_KEY_ID: "new" }, OLD, (outs) => outs],
    ["no account in the state", NEW, OLD, ({ accountId, seal, ...outs }) => outs],
    ["an account that was edited", NEW, OLD, (outs) => ({ ...outs, accountId: "3000" })],
  ])("%s: the refusal stands", async (_what, env, config, change) => {
    const { stage, id, outs, keys } = await rotated(env, config);
    const error = await thrownBy(stage.delete(id, change(outs)));
    expect(error.message).toContain("InvalidAccessKeyId.Inactive");
    expect(new Set(keys())).toEqual(new Set(["old"]));
  });

  test.each(["Forbidden.RAM", "InvalidSecurityToken.Malformed", "IncompleteSignature"])(
    "%s is no reason",
    async (code) => {
      const { stage, refused, id, outs, keys } = await rotated();
      refused.set("old", code);
      expect((await thrownBy(stage.delete(id, outs))).message).toContain(code);
      expect(new Set(keys())).toEqual(new Set(["old"]));
    },
  );

  test.each(["create", "update"] as const)("a %s never does so", async (hook) => {
    const { stage, id, outs, keys } = await rotated();
    const call = hook === "create" ? stage.create(ARGS) : stage.update(id, outs, { ...ARGS, monitorName: "other" });
    expect((await thrownBy(call)).message).toContain("InvalidAccessKeyId.Inactive");
    expect(new Set(keys())).toEqual(new Set(["old"]));
  });
});
