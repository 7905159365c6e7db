import * as grpc from "@grpc/grpc-js";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { goalOf } from "../../../sandbox/engine/plan/goal";
import { MonitorServer, type ProgramHandler } from "../../../sandbox/engine/wire/monitor";

const { UNIMPLEMENTED, UNKNOWN } = grpc.status;
const MONITOR = "pulumirpc.ResourceMonitor";

/** Calls that SDKs of the range make or may come to make, and the code that answers them: newer SDKs fall back on the first. */
const CALLS: [path: string, code: grpc.status, text: RegExp][] = [
  [`/${MONITOR}/GetDeploymentInfo`, UNIMPLEMENTED, /./],
  [`/${MONITOR}/OfAnSdkToCome`, UNIMPLEMENTED, /./],
  ["/pulumirpc.Engine/CheckPulumiVersion", UNIMPLEMENTED, /./],
  ["/pulumirpc.ServiceToCome/Anything", UNIMPLEMENTED, /./],
  [`/${MONITOR}/RegisterErrorHook`, UNKNOWN, /does not support error hooks.* Use the Pulumi CLI/],
];

describe("calls of other SDKs", () => {
  let monitor: MonitorServer;
  const refused: string[] = [];
  beforeAll(async () => {
    monitor = await MonitorServer.start(() => {});
    monitor.program = { refuse: ({ message }) => refused.push(message) } as Partial<ProgramHandler> as ProgramHandler;
  });
  afterAll(() => monitor.close());
  beforeEach(() => refused.splice(0));

  test.each(CALLS)("%s is answered with code %d", async (path, code, text) => {
    const client = new grpc.Client(monitor.address, grpc.credentials.createInsecure());
    const bytes = (value: Buffer) => value;
    const error = await new Promise<grpc.ServiceError | null>((settle) => {
      client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), (answer) => settle(answer));
    });
    client.close();
    expect(error?.code).toBe(code);
    expect(error?.details).toMatch(text);
    // A call that is not known fails nothing by itself: the SDK goes on without it.
    expect(refused).toHaveLength(code === UNIMPLEMENTED ? 0 : 1);
  });
});

describe("fields of other SDKs", () => {
  const names = { stack: "dev", project: "widgets", rootDirectory: "/", packages: ["pulumi-nodejs"] };
  function request(getters: object) {
    const message = new RegisterResourceRequest();
    message.setType("pulumi-nodejs:dynamic:Resource");
    message.setName("a");
    message.setCustom(true);
    return Object.assign(message, getters);
  }

  test.each([
    ["an SDK before 3.217, without environment mappings", { getEnvvarmappingsMap: undefined }],
    ["an SDK without state migrations", { getStateMigrationsList: undefined }],
    ["an SDK with state migrations, and none given", { getStateMigrationsList: () => [] }],
  ])("%s: a plain resource is understood", (_name, getters) => {
    expect(goalOf(request(getters), names)).toMatchObject({ name: "a", custom: true });
  });

  test.each([
    ["state migrations", { getStateMigrationsList: () => [{}] }],
    ["the `envVarMappings` option", { getEnvvarmappingsMap: () => ({ getLength: () => 1 }) }],
  ])("%s that are given are refused by name", (what, getters) => {
    expect(() => goalOf(request(getters), names)).toThrow(`does not support ${what} (resource "a")`);
  });
});
