import { rmSync } from "node:fs";
import { join } from "node:path";
import type { PulumiEngine } from "../stack/harness/pulumi-engine";
import { SandboxEngine } from "../stack/harness/sandbox-engine";
import { HUSH, pulumiScenario, Stack } from "../stack/harness/scenario";

const PROGRAM = `
  class Group extends pulumi.ComponentResource {
    constructor(name) {
      super("test:Group", name);
      const first = new StreamMonitor("first", { ...args, running: true, onDelete: "wait" }, { parent: this });
      new StreamMonitor("second", { ...args, app: first.stream, callbackUrl: "https://example.com/?k=${HUSH}" }, { parent: this });
      this.registerOutputs({ id: first.id });
    }
  }
  new Group("group");
  const elsewhere = new Provider("elsewhere", { region: "ap-southeast-1" });
  exports.id = new StreamMonitor("third", { ...args, timeouts: { delete: "3m" } }, { provider: elsewhere }).id;`;

/** One project, one cloud, and both engines, which hand the stack over to each other. */
function bothEngines(stack: Stack<PulumiEngine>): { real: Stack; sandbox: Stack } {
  const sandbox = new Stack(stack.place, stack.server, new SandboxEngine(stack.place));
  return { real: stack, sandbox };
}

/** The other engine finds nothing to do, changes a resource, and tears the stack down. */
async function goesOn(from: Stack, to: Stack): Promise<void> {
  await to.engine.importText(await from.engine.exportText());
  const before = await to.state();
  to.calls();
  const { ok, steps } = await to.run("refresh");
  expect({ ok, steps }).toEqual({ ok: true, steps: [] });
  expect((await to.monitors()).map(({ id, outputs }) => ({ id, outputs }))).toEqual(
    before.resources.filter((each) => each.type.includes("live:")).map(({ id, outputs }) => ({ id, outputs })),
  );
  await to.do("up");
  expect(to.writes()).toEqual([]);
  to.program(PROGRAM.replace('"3m"', '"4m"').replace("running: true", "running: false"));
  await to.do("up");
  expect(to.writes()).toEqual(["Stop"]);
  await to.do("destroy");
  expect(to.sessions).toEqual([]);
  expect((await to.state()).resources).toEqual([]);
  // Nothing is left that the first one's state would have to answer for.
  await from.engine.importText(await to.engine.exportText());
}

pulumiScenario("a stack that was begun in the sandbox goes on with Pulumi", async (stack) => {
  const { real, sandbox } = bothEngines(stack);
  sandbox.program(PROGRAM);
  await sandbox.do("up");
  await goesOn(sandbox, real);
});

pulumiScenario("a stack that was begun with Pulumi goes on in the sandbox", async (stack) => {
  const { real, sandbox } = bothEngines(stack);
  real.program(PROGRAM);
  await real.do("up");
  await goesOn(real, sandbox);
});

pulumiScenario(
  "the two may have keys of their own for the secrets, as long as the passphrase is one",
  async (stack) => {
    const { real, sandbox } = bothEngines(stack);
    rmSync(join(stack.place.directory, "Pulumi.dev.yaml"));
    rmSync(join(stack.place.scratch, "state.json"));
    sandbox.program(PROGRAM);
    await sandbox.do("up");
    await goesOn(sandbox, real);
  },
);

pulumiScenario("an unfinished session is finished by the other engine", async (stack) => {
  const { real, sandbox } = bothEngines(stack);
  stack.fault({ action: "StartLiveStreamMonitor", kind: "error", status: 403, code: "UserQuotaExceed" });
  sandbox.wall({ running: true });
  await sandbox.fails("up");
  stack.fault();
  await real.engine.importText(await sandbox.engine.exportText());
  expect((await real.monitor()).initErrors).toHaveLength(1);
  await real.do("up");
  expect(stack.session.Status).toBe(1);
  await sandbox.engine.importText(await real.engine.exportText());
  await sandbox.do("destroy");
  await real.engine.importText(await sandbox.engine.exportText());
});
