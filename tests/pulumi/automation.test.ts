import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../stack/harness/processes";
import { HUSH, pulumiScenario } from "../stack/harness/scenario";

/** A program of one's own that drives Pulumi, with the stack's program inside of it. */
const SCRIPT = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { StreamMonitor } = require("pulumi-alicloud-live");

async function main() {
  const program = async () => {
    const wall = new StreamMonitor("wall", {
      domain: "play.example.com", outputTemplate: "lp_hd", running: true,
      inputList: [{ inputUrl: "rtmp://play.example.com/app/one?auth_key=${HUSH}", layoutId: 1 }],
    });
    return { id: wall.id, status: wall.status, inputs: wall.inputList };
  };
  // The plugin looks for the package in the workspace's folder, which would be an empty temporary one.
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "shop", program },
    { workDir: __dirname },
  );
  const up = await stack.up();
  const again = await stack.up();
  const refresh = await stack.refresh();
  const destroy = await stack.destroy();
  const changes = [up, again, refresh, destroy].map(({ summary }) => [summary.result, summary.resourceChanges]);
  const { id, status, inputs } = up.outputs;
  console.log(JSON.stringify({ changes, id: id.value, status: status.value, isSecret: inputs.secret }));
}
main();
`;

pulumiScenario("the Automation API, with an inline program", async (stack) => {
  const { directory } = stack.place;
  stack.program("");
  // Makes the backend's folder, which Pulumi does not make itself.
  await stack.engine.exportText();
  writeFileSync(join(directory, "automation.js"), SCRIPT);
  const { ok, stdout, log } = await runCommand(
    process.execPath,
    ["automation.js"],
    directory,
    stack.engine.environment(),
  );
  expect([ok, log]).toEqual([true, stdout]);
  stack.logs.push(log);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ status: "running", isSecret: true });
  expect(told.changes).toEqual([
    ["succeeded", { create: 2 }],
    ["succeeded", { same: 2 }],
    ["succeeded", { same: 2 }],
    ["succeeded", { delete: 2 }],
  ]);
  expect(stack.writes()).toEqual(["Create", "Start", "Stop", "Delete"]);
  expect(stack.sessions).toEqual([]);
});
