// The thing to beat: describe, stop, poll every 3 s, delete, describe, each resource for itself; when throttled, wait 3 s
// once and 5 s ever after. It is how providers for this cloud are usually written.
const { default: Client, Config, OpenApiRequest, Params } = require("@alicloud/openapi-client");
const { RuntimeOptions } = require("@alicloud/tea-util");

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function call(action, query) {
  const config = new Config({
    accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
    endpoint: process.env.ALIBABA_CLOUD_ENDPOINT_LIVE.replace("http://", ""),
    protocol: "http",
    connectTimeout: 10_000,
    readTimeout: 10_000,
  });
  const params = new Params({
    action,
    version: "2016-11-01",
    protocol: "HTTP",
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  for (let wait = 3000; ; wait = 5000) {
    try {
      const answer = await new Client(config).callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({}));
      return answer.body;
    } catch (error) {
      if (!String(error.code).startsWith("Throttling")) {
        throw error;
      }
      await sleep(wait);
    }
  }
}

async function describe(MonitorId) {
  const body = await call("DescribeLiveStreamMonitorList", { MonitorId });
  return body.LiveStreamMonitorList[0];
}

async function until(MonitorId, status) {
  while ((await describe(MonitorId)).Status !== status) {
    await sleep(3000);
  }
}

exports.handler = () => ({
  check: async (_olds, news) => ({ inputs: news }),
  create: async (inputs) => {
    const { MonitorId } = await call("CreateLiveStreamMonitor", {
      MonitorName: inputs.name,
      Domain: inputs.domain,
      OutputTemplate: inputs.outputTemplate,
      InputList: JSON.stringify(
        inputs.inputList.map(({ inputUrl, layoutId }) => ({ InputUrl: inputUrl, LayoutId: layoutId })),
      ),
    });
    await call("StartLiveStreamMonitor", { MonitorId });
    await until(MonitorId, 1);
    return { id: MonitorId, outs: inputs };
  },
  delete: async (MonitorId) => {
    if ((await describe(MonitorId)).Status === 1) {
      await call("StopLiveStreamMonitor", { MonitorId });
      await until(MonitorId, 0);
    }
    await call("DeleteLiveStreamMonitor", { MonitorId });
    await describe(MonitorId);
  },
});
