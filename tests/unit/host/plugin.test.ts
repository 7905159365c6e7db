import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { detailedDiff } from "../../../provider/host/detailed-diff";
import { UNKNOWN } from "../../../provider/model/fields";
import { pluginHooks } from "../../support/plugin-hooks";
import { ARGS, Stage, URN } from "../../support/stage";

type Properties = Record<string, unknown>;
const struct = (values: object) => Struct.fromJavaScript(values as Record<string, JavaScriptValue>);

/** The plugin on a stage of its own. */
function plugin(config: Properties = {}, env: Record<string, string | undefined> = {}) {
  const stage = new Stage(env);
  let stops = 0;
  const attached: string[] = [];
  const dependencies = {
    ...stage.dependencies,
    stop: () => {
      stops += 1;
    },
    attach: (address: string) => void attached.push(address),
  };
  const hooks = pluginHooks(dependencies, config);
  const send = <A>(name: string, request: unknown) =>
    stage.clock.run(
      new Promise<A>((resolve, reject) => {
        const method = hooks.methods[name] as unknown as (
          call: { request: unknown },
          done: (error: { details: string } | null, answer: A) => void,
        ) => void;
        method({ request }, (error, answer) => (error === null ? resolve(answer) : reject(new Error(error.details))));
      }),
    );
  return { stage, hooks, send, stops: () => stops, attached };
}

const checked = async (given: Properties, config: Properties = {}, env = {}) => {
  const { send } = plugin(config, env);
  const request = new proto.CheckRequest();
  request.setUrn(URN);
  request.setNews(struct(given));
  const answer = await send<proto.CheckResponse>("check", request);
  return answer.getFailuresList().map((each) => each.getReason());
};

describe("what needs no session", () => {
  test("secrets are accepted, and previews answered", async () => {
    const { send } = plugin();
    const handshake = await send<proto.ProviderHandshakeResponse>("handshake", new proto.ProviderHandshakeRequest());
    expect(handshake.getAcceptSecrets()).toBe(true);
    const configured = await send<proto.ConfigureResponse>("configure", new proto.ConfigureRequest());
    expect([configured.getAcceptsecrets(), configured.getSupportspreview()]).toEqual([true, true]);
  });

  test.each([
    ["regoin", /`alicloud-live:regoin` is no setting; did you mean `alicloud-live:region`\?/],
    ["access_key", /did you mean `alicloud-live:accessKey`\?/],
    ["sessionToken", /did you mean `alicloud-live:securityToken`\?/],
    ["colour", /^`alicloud-live:colour` is no setting$/],
  ])("the setting %s is refused", async (name, reason) => {
    const { send } = plugin();
    const request = new proto.CheckRequest();
    request.setNews(struct({ [name]: "x", region: "cn-shanghai", version: "0.1.0", sourceIp: "1.2.3.4" }));
    const answer = await send<proto.CheckResponse>("checkConfig", request);
    expect(answer.getFailuresList().map((each) => each.getReason())).toEqual([expect.stringMatching(reason)]);
  });

  test("another configuration never replaces a provider", async () => {
    const answer = await plugin().send<proto.DiffResponse>("diffConfig", new proto.DiffRequest());
    expect(answer.getReplacesList()).toEqual([]);
  });

  test("texts name settings as this plugin is given them, and tell who has none where to copy them from", async () => {
    const env = { ALIBABA_CLOUD_REGION: undefined };
    expect(await checked(ARGS, {}, env)).toEqual([
      expect.stringMatching(/`region` is required: .*`alicloud-live:region`.* copy them, as in `pulumi config set /),
    ]);
    expect(await checked(ARGS, { profile: "x" }, env)).not.toEqual([expect.stringMatching(/copy them/)]);
    expect(await checked(ARGS, { region: "cn-beijing" }, env)).toEqual([]);
  });

  test("a plugin that a debugger has started is told later which engine it works for", async () => {
    const { send, attached } = plugin();
    const request = new PluginAttach();
    request.setAddress("127.0.0.1:1234");
    await send("attach", request);
    expect(attached).toEqual(["127.0.0.1:1234"]);
  });

  test("Cancel ends what is under way", async () => {
    const { send, stops } = plugin();
    await send("cancel", new Empty());
    expect(stops()).toBe(1);
  });

  test("a function that does not exist is an error", async () => {
    const request = new proto.InvokeRequest();
    request.setTok("alicloud-live:index:getNothing");
    await expect(plugin().send("invoke", request)).rejects.toThrow(/no function alicloud-live:index:getNothing/);
  });
});

test("a preview calls nothing, and leaves open what only the cloud knows", async () => {
  const { stage, send, hooks } = plugin();
  const inputs = (await hooks.check?.({}, { __urn: URN, ...ARGS }))?.inputs as Properties;
  const create = new proto.CreateRequest();
  create.setUrn(URN);
  create.setPreview(true);
  create.setProperties(struct(inputs));
  const created = await send<proto.CreateResponse>("create", create);
  expect(created.getId()).toBe("");
  expect(created.getProperties()?.toJavaScript()).toMatchObject({
    ...{ monitorName: inputs.monitorName, monitorId: UNKNOWN, status: UNKNOWN, outputUrls: UNKNOWN },
  });

  const { id, outs } = await stage.clock.run(hooks.create(inputs));
  stage.cloud.calls.length = 0;
  const update = new proto.UpdateRequest();
  update.setId(String(id));
  update.setUrn(URN);
  update.setPreview(true);
  update.setOlds(struct(outs ?? {}));
  update.setNews(struct({ ...inputs, running: true, domain: "other.example.com" }));
  const updated = (await send<proto.UpdateResponse>("update", update)).getProperties()?.toJavaScript();
  expect(updated).toMatchObject({ monitorId: id, status: UNKNOWN, outputUrls: UNKNOWN, domain: "other.example.com" });
  expect(stage.cloud.calls).toEqual([]);
});

test("`customTimeouts` limit an operation, in seconds, and beat the default", async () => {
  const { stage, send, hooks } = plugin();
  const inputs = (await hooks.check?.({}, { __urn: URN, ...ARGS, running: true }))?.inputs as Properties;
  const { id, outs } = await stage.clock.run(hooks.create(inputs));
  const request = new proto.DeleteRequest();
  request.setId(String(id));
  request.setUrn(URN);
  request.setTimeout(7);
  request.setProperties(struct({ ...outs, onDelete: "wait" }));
  await expect(send("delete", request)).rejects.toThrow(/did not end within 7s/);
});

test("the account's sessions, and one of them, without any address but the play URLs", async () => {
  const { stage, send } = plugin();
  const hush = "https://hooks.example.com/?token=hush-hush";
  const id = stage.cloud.add({
    MonitorName: "shop--dev--wall--12345678",
    Domain: "play.example.com",
    CallbackUrl: hush,
  });
  const invoke = async (name: string, args: Properties) => {
    const request = new proto.InvokeRequest();
    request.setTok(`alicloud-live:index:${name}`);
    request.setArgs(struct(args));
    return (await send<proto.InvokeResponse>("invoke", request)).getReturn()?.toJavaScript() as Properties;
  };
  const all = await invoke("getStreamMonitors", {});
  expect(all).toEqual({
    region: "cn-shanghai",
    accountId: "1000",
    monitors: [
      expect.objectContaining({
        ...{ monitorId: id, monitorName: "shop--dev--wall--12345678", status: "stopped" },
        owner: { project: "shop", stack: "dev", resource: "wall" },
      }),
    ],
  });
  expect(JSON.stringify(all)).not.toMatch(/hush|rtmp/);
  const one = await invoke("getStreamMonitor", { monitorId: id });
  expect(one).toMatchObject({ monitorId: id, region: "cn-shanghai" });
  expect(Object.keys(one).filter((key) => key.startsWith("__"))).toEqual([]);
  await expect(invoke("getStreamMonitor", { monitorId: "nobody" })).rejects.toThrow(/no session nobody/);
  await expect(invoke("getStreamMonitor", {})).rejects.toThrow(/`monitorId` is required/);
  await expect(invoke("getStreamMonitors", { region: 1 })).rejects.toThrow(/`region` must be text/);
});

test.each<[string, unknown, unknown, [string, string][]]>([
  ["a value", "a", "b", [["key", "update"]]],
  ["a new value", undefined, "b", [["key", "add"]]],
  ["a value that is gone", "a", undefined, [["key", "delete"]]],
  ["nothing and null", undefined, null, []],
  ["the same", { a: [1] }, { a: [1] }, []],
  ["a position", [{ at: [0, 0] }], [{ at: [0, 0.5] }], [["key[0].at[1]", "update"]]],
  ["one more", [1], [1, 2], [["key[1]", "add"]]],
  ["one less", [1, 2], [1], [["key[1]", "delete"]]],
  ["a key that is no word", { "a.b": 1 }, { "a.b": 2 }, [['key["a.b"]', "update"]]],
  ["what is not known yet", { a: 1 }, UNKNOWN, [["key", "update"]]],
])("the detailed diff of %s", (_what, old, now, expected) => {
  expect([...detailedDiff({ key: old }, { key: now }, ["key"])]).toEqual(expected);
});

test("a diff names the paths that differ, and what replaces", async () => {
  const { stage, send, hooks } = plugin();
  const inputs = (await hooks.check?.({}, { __urn: URN, ...ARGS }))?.inputs as Properties;
  const { id, outs } = await stage.clock.run(hooks.create(inputs));
  const diff = async (news: Properties) => {
    const request = new proto.DiffRequest();
    request.setId(String(id));
    request.setUrn(URN);
    request.setOlds(struct(outs ?? {}));
    request.setNews(struct({ ...inputs, ...news }));
    const answer = await send<proto.DiffResponse>("diff", request);
    const { DIFF_SOME } = proto.DiffResponse.DiffChanges;
    const kinds = [...answer.getDetaileddiffMap().entries()].map(([path, each]) => [path, each.getKind()]);
    return { changes: answer.getChanges() === DIFF_SOME, replaces: answer.getReplacesList(), kinds };
  };
  const { UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
  expect(await diff({})).toEqual({ changes: false, replaces: [], kinds: [] });
  expect(
    await diff({ inputList: [{ inputUrl: "rtmp://play.example.com/app/one?auth_key=topsecret", layoutId: 2 }] }),
  ).toEqual({ changes: true, replaces: [], kinds: [["inputList[0].layoutId", UPDATE]] });
  expect(await diff({ region: "cn-beijing" })).toEqual({
    changes: true,
    replaces: ["region"],
    kinds: [["region", UPDATE_REPLACE]],
  });
});
