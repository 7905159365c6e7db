import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness/place";
import { processesIn } from "./harness/processes";
import { scenario } from "./harness/scenario";
import type { Stack } from "./harness/stack";

const THREE = `for (const name of ["a", "b", "c"]) { new StreamMonitor(name, { ...args, running: true }); }`;

interface Ended {
  exitCode: number;
  text: string;
}

/** Runs `pulumi-alicloud-live sweep` on the stack's cloud. */
function sweep({ place }: Stack, ...args: string[]): Promise<Ended> {
  const command = [join(ROOT, "cli", "bin.js"), "sweep", ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, command, { env: place.env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), text: `${stdout}${stderr}` }),
    ),
  );
}

scenario(
  "Ctrl-C twice in the middle of creates: the plugin deletes again what no state has",
  async (stack) => {
    stack.set({ startDelayMs: 120_000 });
    stack.program(THREE);
    const interrupted = await stack.start("up");
    await stack.untilCalled("Start");
    interrupted.signal("SIGINT");
    // Two signals at once would be one.
    await new Promise((resolve) => setTimeout(resolve, 300));
    interrupted.signal("SIGINT");
    await interrupted.done;
    expect(stack.sessions).toEqual([]);
  },
  {
    core: true,
    unequal: "the order of the pending creates",
    only: ["dynamic", "with the plugin the first Ctrl-C leaves them in the state: see cancel.test.ts"],
  },
);

scenario(
  "a killed CLI in the middle of creates: the plugin deletes again what no state has",
  async (stack) => {
    stack.set({ startDelayMs: 120_000 });
    stack.program(THREE);
    const killed = await stack.start("up");
    await stack.untilCalled("Start");
    killed.signal("SIGKILL");
    await killed.done;
    expect(stack.sessions).toEqual([]);
    const { pending } = await stack.state();
    expect([...new Set(pending.map(({ type }) => type))]).toEqual(["creating"]);

    stack.set({ startDelayMs: 50 });
    await stack.do("up");
    expect(stack.sessions).toHaveLength(3);
  },
  { core: true, unequal: "the order of the pending creates" },
);

scenario("what a plugin left that was killed too is swept by its pending create, and nothing else", async (stack) => {
  stack.set({ startDelayMs: 120_000 });
  stack.wall({ running: true });
  const up = await stack.start("up");
  await stack.untilCalled("Start");
  const [orphan] = stack.sessions;
  const plugins = processesIn(stack.place.directory).filter(({ command }) =>
    /dynamic-provider|plugin\.js/.test(command),
  );
  for (const { id } of plugins) {
    process.kill(id, "SIGKILL");
  }
  up.signal("SIGKILL");
  await up.done;
  const foreign = stack.act("create", {
    MonitorName: "shop--dev2--wall--abcdefgh",
    OutputTemplate: "lp_ld",
    Domain: "play.example.com",
    InputList: JSON.stringify([{ InputUrl: "rtmp://play.example.com/app/two" }]),
  });

  const file = join(stack.place.scratch, "state.json");
  const state = JSON.parse(await stack.engine.exportText());
  writeFileSync(file, JSON.stringify(state));
  const young = await sweep(stack, "--state", file, "--yes");
  expect(young).toMatchObject({ exitCode: 3, text: expect.stringMatching(/; an `up` may still run/) });
  expect(stack.sessions).toHaveLength(2);

  state.deployment.manifest.time = new Date(Date.now() - 10 * 60_000).toISOString();
  writeFileSync(file, JSON.stringify(state));
  const dry = await sweep(stack, "--state", file);
  expect(dry).toMatchObject({ exitCode: 3, text: expect.stringContaining(orphan?.MonitorId ?? "-") });
  const swept = await sweep(stack, "--state", file, "--yes");
  expect(swept).toMatchObject({ exitCode: 0, text: expect.stringMatching(/is deleted/) });
  expect(stack.sessions.map(({ MonitorId }) => MonitorId)).toEqual([foreign]);
});
