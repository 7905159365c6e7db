import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SECRET, SIGNATURE } from "../../sandbox/engine";
import { HUSH, pulumiScenario, type Stack } from "../stack/harness/scenario";

const urnOf = async (stack: Stack, name: string) => (await stack.monitor(name)).urn;

pulumiScenario("--target works on one resource alone", async (stack) => {
  stack.walls({ one: {}, two: {} });
  await stack.do("up");
  const [one, two] = [await urnOf(stack, "one"), await urnOf(stack, "two")];
  stack.walls({ one: { outputTemplate: "lp_ld" }, two: { outputTemplate: "lp_ld" } });
  stack.calls();
  await stack.do("up", { args: ["--target", one] });
  expect(stack.writesByResource()).toEqual({ one: ["Update"] });
  await stack.do("destroy", { args: ["--target", two] });
  expect(stack.writesByResource()).toEqual({ two: ["Delete"] });
  await stack.do("up", { args: ["--target-replace", one] });
  expect(stack.writesByResource()).toEqual({ one: ["Create", "Delete"] });
  await stack.do("refresh", { args: ["--target", one] });
  await stack.do("destroy");
});

pulumiScenario("--continue-on-error goes on with the others", async (stack) => {
  stack.walls({ stuck: { running: true, onDelete: "refuse" }, free: { running: true }, resting: {} });
  await stack.do("up");
  stack.calls();
  expect(await stack.fails("destroy", { args: ["--continue-on-error"], parallel: 1 })).toMatch(/onDelete` is "refuse"/);
  expect(stack.writesByResource()).toEqual({ free: ["Stop", "Delete"], resting: ["Delete"] });
  expect((await stack.monitors()).map((each) => each.id)).toEqual(stack.sessions.map((each) => each.MonitorId));
  stack.fault({ action: "CreateLiveStreamMonitor", kind: "error", status: 403, code: "UserQuotaExceed", times: 1 });
  await stack.fails("up", { args: ["--continue-on-error"] });
  expect(stack.sessions).toHaveLength(2);
  await stack.do("destroy", { env: { ALICLOUD_LIVE_ON_DELETE: "stop" } });
});

pulumiScenario("a key that was rotated in the configuration needs --run-program to destroy", async (stack) => {
  const [own] = stack.server.accounts;
  const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: undefined, ALIBABA_CLOUD_ACCESS_KEY_SECRET: undefined };
  const use = (accessKeyId: string, accessKeySecret: string) => {
    stack.config({ "alicloud:accessKey": accessKeyId, "alicloud:secretKey": accessKeySecret }, ["alicloud:secretKey"]);
    stack.server.cloud.accounts = [{ accountId: own?.accountId ?? "", accessKeyId, accessKeySecret }];
  };
  use("first-key", "first-secret");
  stack.wall({ running: true });
  await stack.do("up", { env });
  use("second-key", "second-secret");
  stack.calls();
  for (const operation of ["refresh", "destroy"] as const) {
    expect(await stack.fails(operation, { env })).toMatch(/InvalidAccessKeyId\.NotFound.*`--run-program`/);
  }
  expect(stack.writes()).toEqual([]);
  expect((await stack.monitor()).id).toBe(stack.session.MonitorId);
  await stack.do("refresh", { env, args: ["--run-program"] });
  await stack.do("destroy", { env, args: ["--run-program"] });
  expect(stack.sessions).toEqual([]);
});

pulumiScenario("an import file with inputs and outputs takes a session over", async (stack) => {
  stack.wall({ running: true, callbackUrl: `https://example.com/?k=${HUSH}` });
  await stack.do("up");
  const { id, inputs, outputs } = await stack.record();
  const name = "wall";
  const resource = {
    type: "pulumi-nodejs:dynamic/live:StreamMonitor",
    name,
    id,
    inputs: plain(inputs),
    outputs: plain(outputs),
  };
  const file = join(stack.place.directory, "import.json");
  writeFileSync(file, JSON.stringify({ resources: [resource] }));
  await stack.engine.command(["state", "delete", await urnOf(stack, name), "--yes"]);
  expect(await stack.monitors()).toEqual([]);
  stack.calls();
  const args = ["import", "--file", file, "--generate-code=false", "--protect=false", "--yes", "--non-interactive"];
  const { ok, log } = await stack.engine.command([...args, "--skip-preview"]);
  stack.logs.push(log);
  expect([ok, log]).toEqual([true, expect.anything()]);
  await stack.do("up");
  expect(stack.writes()).toEqual([]);
  expect((await stack.monitor()).id).toBe(id);
  await stack.do("destroy");
});

/** What an import file must hold: the values themselves, and secrets as `pulumi stack export --show-secrets` writes them. */
function plain(values: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const isSecret = typeof value === "object" && value !== null && "secret" in value;
      return [key, isSecret ? { [SIGNATURE]: SECRET, plaintext: JSON.stringify(value.secret) } : value];
    }),
  );
}
