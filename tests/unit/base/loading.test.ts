import { Failure } from "../../../provider/base/errors";
import { ARGS, Stage } from "../../support/stage";

/** What Node says where it will not load a dependency. */
const RAW = "Cannot load it\nRequire stack:\n- /somewhere/node_modules/x.js";

afterEach(() => {
  jest.dontMock("p-retry").dontMock("zod").dontMock("@alicloud/credentials").dontMock("@alicloud/openapi-client");
  jest.resetModules();
});

/** The package as it is loaded where one of its dependencies cannot be. */
function withoutDependency(name: string, code: string | undefined, env = {}): Stage {
  jest.resetModules();
  jest.doMock(name, () => {
    throw Object.assign(new Error(RAW), code === undefined ? {} : { code });
  });
  const { Stage: Fresh } = require("../../support/stage") as typeof import("../../support/stage");
  return new Fresh(env);
}

const CODES = ["ERR_REQUIRE_ESM", "MODULE_NOT_FOUND", "ERR_UNKNOWN_BUILTIN_MODULE", undefined] as const;
const STATE = { ...ARGS, region: "cn-shanghai", monitorId: "m-1" };
const HOOKS = {
  check: (stage: Stage) => stage.checked(ARGS),
  create: (stage: Stage) => stage.clock.run(stage.hooks.create({ ...STATE, monitorName: "wall" })),
  read: (stage: Stage) => stage.read("m-1", STATE),
  update: (stage: Stage) =>
    stage.clock.run(stage.hooks.update?.("m-1", STATE, { ...STATE, domain: "b.example.com" }) as Promise<unknown>),
  delete: (stage: Stage) => stage.delete("m-1", STATE),
} as const;
/** Each dependency, and the hooks that need it; the others must do without. */
const NEEDED: Record<string, readonly (keyof typeof HOOKS)[]> = {
  "p-retry": ["create", "read", "update", "delete"],
  zod: ["check"],
};
const CASES = Object.entries(NEEDED).flatMap(([name, hooks]) =>
  hooks.flatMap((hook) => CODES.map((code) => [name, hook, code] as const)),
);

test.each(CASES)("without %s a %s says what is wrong and what helps (%s)", async (name, hook, code) => {
  const stage = withoutDependency(name, code);
  const error: unknown = await HOOKS[hook](stage).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { message } = error as Error;
  expect(message).toContain(
    `cannot load its dependency ${name} on Node ${process.version} (${code ?? "Cannot load it"})`,
  );
  expect(message).toContain("its sessions may run and cost money");
  expect(message).toMatch(code === "MODULE_NOT_FOUND" ? /Run `npm install` in \// : /Use Node 22 .*NODE_OPTIONS/);
  expect(message).not.toMatch(/Require stack|Unexpected error/);
  expect(stage.cloud.calls).toEqual([]);
});

test("credentials that need a library which cannot be loaded say so", async () => {
  const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: undefined, ALIBABA_CLOUD_ACCESS_KEY_SECRET: undefined };
  const stage = withoutDependency("@alicloud/credentials", "MODULE_NOT_FOUND", env);
  await expect(stage.delete("m-1", STATE)).rejects.toThrow(/cannot load its dependency @alicloud\/credentials/);
});

test("a call that cannot even be made, for want of a dependency, is not tried until the deadline", async () => {
  const stage = new Stage();
  Object.assign(stage.cloud, { transport: () => Promise.reject(new Failure("cannot load its dependency x")) });
  stage.start();
  const began = stage.clock.now();
  await expect(stage.delete("m-1", STATE)).rejects.toThrow(/cannot load its dependency/);
  expect(stage.clock.now() - began).toBeLessThan(1_000);
});

test("a call for which the SDK cannot be loaded says so", async () => {
  withoutDependency("@alicloud/openapi-client", "MODULE_NOT_FOUND");
  const { sdkTransport } =
    require("../../../provider/live/transport") as typeof import("../../../provider/live/transport");
  const sending = sdkTransport({
    action: "DescribeLiveStreamMonitorList",
    version: "2016-11-01",
    endpoint: { protocol: "http", host: "127.0.0.1:9" },
    query: {},
    credential: { accessKeyId: "key", accessKeySecret: "secret" },
    signal: new AbortController().signal,
  });
  await expect(sending).rejects.toThrow(/cannot load its dependency @alicloud\/openapi-client .*Run `npm install`/);
});
