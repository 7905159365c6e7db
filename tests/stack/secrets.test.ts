import { HUSH, scenario } from "./harness/scenario";

const URL_OF = {
  input: `rtmp://play.example.com/app/one?auth_key=${HUSH}`,
  callback: `https://example.com/?token=${HUSH}`,
  robot: `https://oapi.example.com/robot/send?access_token=${HUSH}`,
};
const INPUTS = [{ inputUrl: URL_OF.input, layoutId: 1 }];
const SECRETS = {
  callbackUrl: { secret: URL_OF.callback },
  dingTalkWebHookUrl: { secret: URL_OF.robot },
};

scenario(
  "secrets stand encrypted in the state, though the program gives them in clear, and after failures too",
  async (stack) => {
    stack.fault({ action: "StartLiveStreamMonitor", kind: "error", status: 403, code: "UserQuotaExceed", times: 1 });
    stack.wall({ callbackUrl: URL_OF.callback, dingTalkWebHookUrl: URL_OF.robot, running: true });
    await stack.fails("up");
    const unfinished = await stack.monitor();
    const secrets = { ...SECRETS, inputList: stack.inputs(INPUTS) };
    expect(unfinished.inputs).toMatchObject(secrets);
    expect(unfinished.outputs).toMatchObject(secrets);
    await stack.do("up");
    await stack.do("refresh");
    const monitor = await stack.monitor();
    expect(monitor.inputs).toMatchObject(secrets);
    expect(monitor.outputs).toMatchObject(secrets);
    // What hangs or fails shows no secret either: the invariants look through all logs and files.
    stack.fault({ action: "UpdateLiveStreamMonitor", kind: "html", times: 1 });
    stack.program(`
      const urls = { callbackUrl: pulumi.secret("${URL_OF.callback}-2"), dingTalkWebHookUrl: "${URL_OF.robot}" };
      const wall = new StreamMonitor("wall", { ...args, ...urls, running: true });
      const own = new StreamMonitor(
        "own",
        { ...args, app: pulumi.secret("${HUSH}") },
        { additionalSecretOutputs: ["outputUrls"] },
      );
      exports.callback = wall.callbackUrl; exports.inputs = wall.inputList; exports.app = own.app; exports.id = own.id;`);
    await stack.do("up");
    // A stack output that is made of a secret is a secret.
    const root = (await stack.state()).resources.find((each) => each.type === "pulumi:pulumi:Stack");
    expect(root?.outputs).toMatchObject({
      callback: { secret: `${URL_OF.callback}-2` },
      inputs: { secret: INPUTS },
      app: { secret: HUSH },
      id: expect.any(String),
    });
    expect((await stack.monitor("own")).outputs?.app).toEqual({ secret: HUSH });
  },
  { core: true },
);

scenario("an access key in the configuration is used, and stands nowhere in clear", async (stack) => {
  const [, other] = stack.server.accounts;
  stack.config(
    {
      "alicloud:accessKey": other?.accessKeyId ?? "",
      "alicloud:secretKey": other?.accessKeySecret ?? "",
      "alicloud:region": "ap-southeast-1",
    },
    ["alicloud:secretKey"],
  );
  const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: undefined, ALIBABA_CLOUD_ACCESS_KEY_SECRET: undefined };
  stack.wall({ running: true });
  await stack.do("up", { env });
  expect(stack.session).toMatchObject({ accountId: other?.accountId, region: "ap-southeast-1" });
  // The configuration that a destroy uses is the one that the last up has saved.
  stack.config({});
  await stack.do("destroy", { env });
  expect(stack.sessions).toEqual([]);
});
