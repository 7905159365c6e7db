import {
  configuredRegion,
  endpointOverride,
  environmentRegion,
  rateFactor,
  type Sources,
} from "../../../provider/account/config";
import { endpointText, parseEndpoint, resolveEndpoint, sameEndpoint } from "../../../provider/account/endpoint";

const sources = (config: Record<string, string>, env: Record<string, string> = {}): Sources => ({
  config: (key) => config[key],
  env,
});

test("the region is the configuration's; the environment's is kept apart", () => {
  const both = sources({ "alicloud:region": "cn-beijing" }, { ALIBABA_CLOUD_REGION: "cn-shanghai" });
  expect(configuredRegion(both)).toBe("cn-beijing");
  expect(environmentRegion(both)).toBe("cn-shanghai");
  expect(environmentRegion(sources({}, { ALICLOUD_REGION: " cn-shenzhen " }))).toBe("cn-shenzhen");
  expect(configuredRegion(sources({ "alicloud:region": "  " }))).toBeUndefined();
});

test("endpoints come from the configuration as a list or an object, then the environment", () => {
  const env = { ALIBABA_CLOUD_ENDPOINT_LIVE: "env.example.com", LIVE_ENDPOINT: "old.example.com" };
  const list = { "alicloud:endpoints": '[{"ecs": "x"}, {"live": "list.example.com"}]' };
  expect(endpointOverride(sources(list, env), "live")).toBe("list.example.com");
  expect(endpointOverride(sources({ "alicloud:endpoints": '{"sts": "s.example.com"}' }, env), "sts")).toBe(
    "s.example.com",
  );
  expect(endpointOverride(sources({}, env), "live")).toBe("env.example.com");
  expect(endpointOverride(sources({}, { LIVE_ENDPOINT: "old.example.com" }), "live")).toBe("old.example.com");
  expect(endpointOverride(sources({ "alicloud:protocol": "HTTP" }, { LIVE_ENDPOINT: "127.0.0.1:1" }), "live")).toBe(
    "http://127.0.0.1:1",
  );
});

test("the public host of a region, unless another is set", () => {
  expect(resolveEndpoint("live", "cn-shanghai", undefined)).toEqual({ protocol: "https", host: "live.aliyuncs.com" });
  expect(resolveEndpoint("live", "ap-southeast-1", undefined).host).toBe("live.ap-southeast-1.aliyuncs.com");
  expect(resolveEndpoint("sts", "cn-shanghai", undefined).host).toBe("sts.aliyuncs.com");
  expect(endpointText(resolveEndpoint("live", "cn-shanghai", "http://127.0.0.1:80"))).toBe("http://127.0.0.1");
  expect(endpointText(parseEndpoint("live.example.com:8443"))).toBe("live.example.com:8443");
});

test.each(["http://live.aliyuncs.com", "ftp://x", "https://x/path", "https://user:hush@x", "https://x?q=hush", "::"])(
  "%s is no endpoint",
  (text) => {
    expect(() => parseEndpoint(text)).toThrow(/endpoint/);
    expect(() => parseEndpoint(text)).not.toThrow(/hush/);
  },
);

test("which endpoints serve the same sessions", () => {
  expect(sameEndpoint("cn-shanghai", "http://127.0.0.1:1", "http://localhost:2")).toBe(true);
  expect(sameEndpoint("cn-shanghai", "http://127.0.0.1:1", "live.aliyuncs.com")).toBe(false);
  expect(sameEndpoint("cn-shanghai", "live.aliyuncs.com", "live-vpc.cn-shanghai.aliyuncs.com")).toBe(true);
  expect(sameEndpoint("cn-beijing", "live.aliyuncs.com", "live-vpc.cn-shanghai.aliyuncs.com")).toBe(false);
  expect(sameEndpoint("cn-shanghai", "127.0.0.1.example.com", "http://127.0.0.1")).toBe(false);
});

test("the factor on the published rates is a number above nought", () => {
  expect(rateFactor({})).toBe(1);
  expect(rateFactor({ ALICLOUD_LIVE_RATE_FACTOR: "0.5" })).toBe(0.5);
  for (const text of ["0", "-1", "fast", "1e9"]) {
    expect(() => rateFactor({ ALICLOUD_LIVE_RATE_FACTOR: text })).toThrow(/must be a number above 0/);
  }
});
