import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { withExpiry } from "../../provider/model/names";
import { ROOT } from "../stack/harness/place";
import { processesIn } from "../stack/harness/processes";
import { scenario } from "../stack/harness/scenario";
import type { Stack } from "../stack/harness/stack";

interface Step {
  name?: string;
  run?: string;
}
type Job = "up" | "destroy" | "nightly";

/** The commands of a job, as they stand in the recipe that users copy. */
const RECIPES: Readonly<Record<string, (job: Job) => string>> = {
  "GitHub Actions": (job) => {
    const { jobs } = recipe("github-actions.yml") as { jobs: Record<Job, { steps: Step[] }> };
    return jobs[job].steps.flatMap(({ name, run }) => (name === undefined ? [] : [run])).join("\n");
  },
  "GitLab CI": (job) =>
    (recipe("gitlab-ci.yml") as Record<string, { script: string[] }>)[`review:${job}`]?.script.join("\n") ?? "",
};

function recipe(file: string): unknown {
  return parse(readFileSync(join(ROOT, "examples", "ci", file), "utf8"));
}

/** The Pulumi CLI, as far as the recipes use it, on the sandbox engine; and `npx` without a registry. */
const PULUMI = `#!/bin/sh
set -e
sandbox() { node "${ROOT}/cli/bin.js" sandbox "$@"; }
case "$1 $2" in
"stack select") ;;
"stack export") sandbox export --stack "$4" > "$6" ;;
"up --yes") shift; exec node "${ROOT}/cli/bin.js" sandbox up "$@" ;;
"destroy --yes") sandbox destroy --yes --stack "$5"; rm ".pulumi-sandbox/$5.json" ;;
*) echo "not in the recipes: pulumi $*" >&2; exit 9 ;;
esac
`;
const NPX = `#!/bin/sh\nshift\nexec node "${ROOT}/cli/bin.js" "$@"\n`;

interface Ended {
  exitCode: number;
  text: string;
}

function start({ place }: Stack, commands: string, stack: string) {
  const bin = join(place.scratch, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries({ pulumi: PULUMI, npx: NPX })) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    ...place.env,
    PATH: `${bin}${delimiter}${place.env.PATH}`,
    ...{ PROJECT: "shop", STACK: stack, ALICLOUD_LIVE_DELETE_TIMEOUT: "10m" },
    GITHUB_STEP_SUMMARY: join(place.scratch, "summary.md"),
  };
  let end: (ended: Ended) => void = () => {};
  const done = new Promise<Ended>((resolve) => {
    end = resolve;
  });
  const child = execFile(
    "bash",
    ["-eo", "pipefail", "-c", commands],
    { cwd: place.directory, env },
    (error, out, err) => end({ exitCode: error === null ? 0 : Number(error.code), text: `${out}${err}` }),
  );
  return { child, done };
}

describe.each(Object.entries(RECIPES))("%s", (name, commandsOf) => {
  const face = name === "GitLab CI" ? "plugin" : "dynamic";
  scenario(
    "open, push, close and nightly leave exactly what is not ours",
    async (stack) => {
      const run = async (job: Job, name: string) => {
        const { exitCode, text } = await start(stack, commandsOf(job), name).done;
        if (exitCode !== 0) {
          throw new Error(`${job} of ${name} ended with ${exitCode}:\n${text}`);
        }
        return text;
      };
      const add = (MonitorName: string) =>
        stack.act("create", {
          MonitorName,
          OutputTemplate: "lp_ld",
          Domain: "play.example.com",
          InputList: JSON.stringify([{ InputUrl: "rtmp://play.example.com/app/two" }]),
        });
      const names = () => stack.sessions.map(({ MonitorName }) => MonitorName).sort();

      stack.program(
        `for (const name of ["a", "b"]) { new StreamMonitor(name, { ...args, running: true, ttl: "72h" }); }`,
      );
      await run("up", "pr-12");
      const others = [...names(), "somebody else's", "shop--pr-1--wall"].sort();
      add("somebody else's");
      add("shop--pr-1--wall");

      // Open, and push.
      await run("up", "pr-1");
      stack.program(
        `for (const name of ["a", "c"]) { new StreamMonitor(name, { ...args, running: true, ttl: "72h" }); }`,
      );
      await run("up", "pr-1");
      expect(stack.sessions).toHaveLength(others.length + 2);

      // One job is killed with its plugin in the middle of a create, and one orphan is of an earlier life of the stack.
      stack.set({ startDelayMs: 120_000 });
      stack.program(
        `for (const name of ["a", "c", "d"]) { new StreamMonitor(name, { ...args, running: true, ttl: "72h" }); }`,
      );
      stack.calls();
      const killed = start(stack, commandsOf("up"), "pr-1");
      await stack.untilCalled("Create");
      for (const { id } of processesIn(stack.place.directory)) {
        process.kill(id, "SIGKILL");
      }
      killed.child.kill("SIGKILL");
      await killed.done;
      stack.set({ startDelayMs: 50 });
      add("shop--pr-1--wall--0a1b2c3d");
      expect(stack.sessions).toHaveLength(others.length + 4);

      // The next push finds both, and the close of a stack of which nothing is left has nothing to do.
      const pushed = await run("up", "pr-1");
      expect(pushed.match(/is deleted/g)).toHaveLength(2);
      expect(stack.sessions).toHaveLength(others.length + 3);
      add("shop--pr-1--wall--1a1b2c3d");
      await run("destroy", "pr-1");
      expect(names()).toEqual(others);
      await run("up", "pr-1");
      await run("destroy", "pr-1");
      expect(names()).toEqual(others);

      add(withExpiry("shop--pr-0--wall--0a1b2c3d", Date.now() - 120_000));
      add(withExpiry("shop--pr-0--wall--1a1b2c3d", Date.now() + 120_000));
      const text = await run("nightly", "none");
      expect(text).toMatch(/is deleted/);
      expect(names()).toEqual([...others, expect.stringContaining("1a1b2c3d--x")].sort());

      for (const { MonitorId } of stack.sessions) {
        stack.forgiven.add(MonitorId);
      }
      for (const id of stack.foreign) {
        stack.forgiven.add(id);
      }
    },
    { only: [face, "the commands are the same with either face"] },
  );
});
