import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor, type StreamMonitorArgs } from "../../../provider";
import { StreamMonitor as PluginMonitor } from "../../../provider/resource/plugin-monitor";
import { mockMonitor } from "../../../provider/resource/testing";

const ARGS = {
  domain: "play.example.com",
  outputTemplate: "lp_hd" as const,
  inputList: [{ inputUrl: "rtmp://a" }],
} satisfies StreamMonitorArgs;

function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: (args) => mockMonitor(args) ?? { id: `${args.name}-id`, state: args.inputs },
    call: (args) => args.inputs,
  }),
);

/** As the unit test of a user's program would look. */
test.each([
  ["dynamic", StreamMonitor],
  ["plugin", PluginMonitor],
])("mocked outputs of the %s resource look like those of an up", async (_face, Class) => {
  const wall = new Class("wall", { ...ARGS, running: true });
  expect(await resolved(wall.status)).toBe("running");
  expect(await resolved(wall.outputUrls.flvUrl)).toMatch(/^http:\/\/play\.example\.com\/monitor\/.+\.flv$/);
  expect(await resolved(wall.monitorName)).toMatch(/^project--stack--wall--[0-9a-z]{8}$/);
  expect(await resolved(wall.id)).toBe(await resolved(wall.monitorId));
  expect(await resolved(wall.startTime)).toBeDefined();
  expect(await resolved(new Class("other", ARGS).status)).toBe("stopped");
  expect(await resolved(new Class("other", ARGS).id)).not.toBe(await resolved(wall.id));
});

test("other resources are not mocked", () => {
  const args = { type: "other:x:Y", name: "a", inputs: {}, custom: true, provider: "", id: "" };
  expect(mockMonitor(args as unknown as pulumi.runtime.MockResourceArgs)).toBeUndefined();
});

test("each class knows its own instances, as typed policies ask", () => {
  const [one, other] = [new StreamMonitor("one", ARGS), new PluginMonitor("two", ARGS)];
  expect([StreamMonitor.isInstance(one), StreamMonitor.isInstance(other)]).toEqual([true, false]);
  expect([PluginMonitor.isInstance(one), PluginMonitor.isInstance(other)]).toEqual([false, true]);
  expect([StreamMonitor.isInstance(undefined), PluginMonitor.isInstance({})]).toEqual([false, false]);
  expect([StreamMonitor.__pulumiType, PluginMonitor.__pulumiType]).toEqual([
    "pulumi-nodejs:dynamic/live:StreamMonitor",
    "alicloud-live:index:StreamMonitor",
  ]);
});
