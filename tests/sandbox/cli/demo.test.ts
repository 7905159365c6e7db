import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const DEMO = resolve(__dirname, "../../../examples/demo.mjs");
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "demo-"));
  mkdirSync(join(scratch, "bin"));
  mkdirSync(join(scratch, "tmp"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** Runs the demo with a `pulumi` of this kind on its PATH. */
function demo(pulumi: string, args: string[] = []) {
  writeFileSync(join(scratch, "bin", "pulumi"), `#!/bin/sh\n[ "$1" = version ] && echo v3.0.0 && exit\n${pulumi}\n`, {
    mode: 0o755,
  });
  const env = {
    ...process.env,
    PATH: [join(scratch, "bin"), process.env.PATH].join(delimiter),
    TMPDIR: join(scratch, "tmp"),
  };
  const child = spawn(process.execPath, [DEMO, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const texts: string[] = [];
  child.stdout.on("data", (text: Buffer) => texts.push(text.toString()));
  child.stderr.on("data", (text: Buffer) => texts.push(text.toString()));
  return { child, ended: once(child, "close"), text: () => texts.join("") };
}

test.each([
  [
    "a command that fails",
    "echo no such plan; exit 7",
    [],
    1,
    /demo: `pulumi stack select` failed \(exit code 7\)\. .*--engine sandbox$/m,
  ],
  ["a command that is killed", "kill -9 $$", [], 1, /demo: `pulumi stack select` failed \(SIGKILL\)\./],
  [
    "an engine that is none",
    "",
    ["--engine", "terraform"],
    2,
    /demo: --engine must be sandbox or pulumi, not terraform/,
  ],
  ["a mistyped option", "", ["--enigne", "sandbox"], 2, /demo: "enigne" is not known\. Usage: npm run demo/],
])("%s ends the demo in a sentence, and nothing is left of it", async (_, pulumi, args, code, expected) => {
  const { ended, text } = demo(pulumi, args);
  expect((await ended)[0]).toBe(code);
  expect(text()).toMatch(expected);
  expect(text()).not.toMatch(/^\s+at /m);
  expect(readdirSync(join(scratch, "tmp"))).toEqual([]);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s lets the command under way end, and then ends the demo",
  async (signal) => {
    const { child, ended, text } = demo(
      "trap 'echo ended in order; exit 0' INT TERM; echo at work; while :; do sleep 0.1; done",
    );
    while (!text().includes("at work")) {
      await once(child.stdout, "data");
    }
    child.kill(signal);
    expect((await ended)[0]).toBe(130);
    expect(text()).toMatch(/ended in order\n\ndemo: It was stopped\./);
    expect(readdirSync(join(scratch, "tmp"))).toEqual([]);
  },
);
