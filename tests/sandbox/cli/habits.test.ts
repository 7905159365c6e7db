import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, CommanderError } from "commander";
import { program } from "../../../cli/program";
import { withoutBooleans } from "../../../cli/pulumi-habits";
import { makeSecret } from "../../../sandbox/engine/wire/values";

const ABOUT = { version: "1.2.3", description: "what it is" };

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "habits-"));
  writeFileSync(join(cwd, "Pulumi.yaml"), "name: shop\nruntime: python\n");
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** Runs a command line. The project's runtime is refused, so an operation that is understood goes no further than that. */
async function answer(...args: string[]): Promise<{ out: string; error: string; exitCode: number }> {
  const root = program(ABOUT);
  const [outs, errors]: [string[], string[]] = [[], []];
  for (const command of everyCommand(root)) {
    command.configureOutput({ writeOut: (text) => outs.push(text), writeErr: (text) => errors.push(text) });
  }
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => outs.push(String(text)) > 0);
  let exitCode = 0;
  try {
    await root.parseAsync(withoutBooleans(args, root), { from: "user" });
  } catch (error) {
    exitCode = error instanceof CommanderError ? error.exitCode : 1;
    errors.push(error instanceof CommanderError ? "" : (error as Error).message);
  } finally {
    write.mockRestore();
  }
  return { out: outs.join(""), error: errors.join(""), exitCode };
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

const UNDERSTOOD = 'does not support the runtime "python"';

test.each(["up", "update", "preview", "pre", "destroy", "down", "dn"])(
  "`%s` is a command, as of the Pulumi CLI",
  async (name) => {
    // The last three have no state that they could work on.
    writeFileSync(join(cwd, "state.json"), '{"version": 3, "deployment": {}}');
    const { error } = await answer("sandbox", name, "-C", cwd, "--state", join(cwd, "state.json"));
    expect(error).toContain(UNDERSTOOD);
  },
);

test.each([
  ...["-y", "--yes", "--yes=true", "--yes=false", "-f", "--skip-preview", "--non-interactive", "--diff", "-e", "-d"],
  ...["-s dev", "--stack dev", "--color never", "--color always", "-j", "--json", "--json=true", "--suppress-outputs"],
  ...["-p 4", "--parallel 4", "--suppress-progress", "--suppress-permalink", "--suppress-permalink=false"],
  ...[
    "--show-secrets",
    "--expect-no-changes",
    "-m hello",
    "--message hello",
    "-v 3",
    "-r",
    "--refresh",
    "--refresh=true",
    "-r=true",
    "-r=false",
    "-y=true",
    "-j=1",
  ],
])("%s of the Pulumi CLI is taken", async (flags) => {
  const { error, exitCode } = await answer("sandbox", "up", "-C", cwd, ...flags.split(" "));
  expect(error).toContain(UNDERSTOOD);
  expect(exitCode).toBe(1);
});

test.each([
  ["-r=true", ["-r"]],
  ["-r=false", []],
  ["--refresh=T", ["--refresh"]],
  ["--refresh=0", []],
  ["-m=false", ["-m=false"]],
  ["--message=false", ["--message=false"]],
])("%s means %j", (arg, meant) => {
  expect(withoutBooleans([arg], program(ABOUT))).toEqual(meant);
});

test.each([["sandbox up --state="], ["sandbox --state= destroy"], ["sandbox export --state="]])(
  "an empty name is no state file: %s",
  async (line) => {
    const { error, exitCode } = await answer(...line.split(" "), "-C", cwd);
    expect(error).toContain("It must be a file. Leave out --state to use the default file.");
    expect(exitCode).toBe(1);
  },
);

test.each([
  ["-C DIR up"],
  ["--cwd DIR up"],
  ["--cwd=DIR --non-interactive up --yes"],
  ["-C /nowhere up -C DIR"],
  ["-s other --color never -C DIR preview"],
])("options stand in front of a command as well: %s", async (line) => {
  const { error } = await answer("sandbox", ...line.split(" ").map((each) => each.replace("DIR", cwd)));
  expect(error).toContain(UNDERSTOOD);
});

test.each([
  ["--target urn", "whole stack"],
  ["-t urn", "whole stack"],
  ["--target=urn", "whole stack"],
  ["--target", "whole stack"],
  ["--target-dependents", "whole stack"],
  ["--exclude urn", "whole stack"],
  ["--replace urn", "Use the Pulumi CLI"],
  ["--continue-on-error", "Use the Pulumi CLI"],
  ["--run-program", "sandbox up"],
  ["--run-program=true", "sandbox up"],
  ["--plan file", "update plans"],
  ["--save-plan=file", "update plans"],
  ["--import-file file", "adopt"],
  ["--import-pending-creates urn", "adopt"],
  ["--remove", "sandbox destroy"],
  ["-c a=b", "Pulumi.<stack>.yaml"],
  ["--config a=b", "Pulumi.<stack>.yaml"],
  ["--secrets-provider awskms", "PULUMI_CONFIG_PASSPHRASE"],
  ["--policy-pack dir", "policies"],
  ["--preview-only", "sandbox preview"],
])("%s is answered with what to do instead", async (flags, expected) => {
  for (const operation of ["up", "preview", "refresh", "destroy"]) {
    const { error, exitCode } = await answer("sandbox", operation, "-C", cwd, ...flags.split(" "));
    expect(error).toContain(expected);
    expect(error).toMatch(/^error: The sandbox has no `--[a-z-]+`\. Nothing was done\. .*\n$/);
    expect(exitCode).toBe(2);
  }
});

test.each([
  ["up", "npx pulumi-alicloud-live sandbox up"],
  ["destroy --yes", "npx pulumi-alicloud-live sandbox destroy"],
  ["sandbox login", "needs no login"],
  ["sandbox login --local", "needs no login"],
  ["sandbox new typescript", "examples"],
  ["sandbox config set --secret alicloud:accessKey x", "Pulumi.<stack>.yaml"],
  ["sandbox cancel --yes", "takes over the lock"],
  ["sandbox import type name id", "adopt"],
  ["sandbox state delete urn", "sandbox export"],
  ["sandbox stack init dev", "starts an empty stack"],
  ["sandbox stack select dev", "--stack"],
  ["sandbox stack rm dev --yes", "sandbox destroy"],
  ["sandbox policy ls", "Use the Pulumi CLI"],
])("%s is answered with the right name", async (line, expected) => {
  const { error, exitCode } = await answer(...line.split(" "));
  expect(error).toContain(expected);
  expect(error.trim().split("\n")).toHaveLength(1);
  expect(exitCode).toBe(2);
});

test.each([
  ["sandbox upp", "(Did you mean up?)"],
  ["sandbox refesh", "(Did you mean refresh?)"],
  ["sandbox up --stak dev", "(Did you mean --stack?)"],
  ["sandbox up --paralel 3", "(Did you mean --parallel?)"],
  ["sandbox stack export --show-secret", "(Did you mean --show-secrets?)"],
  ["sandbx up", "(Did you mean sandbox?)"],
  ["sandbox up -s org/shop/dev", "--stack dev"],
  ["sandbox up --color sometimes", "Allowed choices"],
])("what is mistyped is recognized: %s", async (line, expected) => {
  const { error, exitCode } = await answer(...line.split(" "));
  expect(error).toContain(expected);
  expect(exitCode).not.toBe(0);
});

test("the help of every command is complete, and readable on 80 columns", async () => {
  const lines = everyCommand(program(ABOUT))
    .filter((command) => command.description() !== "")
    .map((command) => pathOf(command));
  expect(lines).toHaveLength(14);
  for (const line of lines) {
    const { out, exitCode } = await answer(...line, "--help");
    expect(exitCode).toBe(0);
    expect(Math.max(...out.split("\n").map((each) => each.length))).toBeLessThanOrEqual(80);
    expect(out).not.toContain("--target");
    if (["up", "preview", "refresh", "destroy"].includes(line.at(-1) ?? "")) {
      expect(out).toMatch(/Examples:\n {2}sandbox/);
      expect(out).toContain("Exit codes: 0");
    }
  }
});

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

test("what is understood and cannot begin is JSON as well where that was asked for", async () => {
  const { out } = await answer("sandbox", "up", "--json", "--cwd", cwd, "--stack", "pr-42");
  expect(JSON.parse(out)).toMatchObject({
    operation: "up",
    stack: "pr-42",
    ok: false,
    result: "failed",
    diagnostics: [{ severity: "error", message: expect.stringContaining(UNDERSTOOD) }],
  });
});

test("stacks are listed, and their outputs shown", async () => {
  expect((await answer("sandbox", "stack", "ls", "-C", cwd)).out).toContain("No stack has a state yet");
  const missing = await answer("sandbox", "stack", "output", "-C", cwd);
  expect(missing.error).toMatch(/The stack "dev" has no state yet.*`sandbox up`/);
  const folder = join(cwd, ".pulumi-sandbox");
  mkdirSync(folder);
  const outputs = { id: "1", list: [1], secret: { ...(makeSecret("") as object), value: undefined, ciphertext: "x" } };
  const type = "pulumi:pulumi:Stack";
  const resources = [{ urn: `urn:pulumi:dev::shop::${type}::shop-dev`, custom: false, type, outputs }];
  writeFileSync(join(folder, "dev.json"), JSON.stringify({ version: 3, deployment: { resources } }));
  const file = join(folder, "dev.json");
  expect((await answer("sandbox", "stack", "ls", "-C", cwd)).out).toBe(`dev  ${file}\n`);
  expect(JSON.parse((await answer("sandbox", "stack", "ls", "-C", cwd, "-j")).out)).toEqual([{ name: "dev", file }]);
  const output = async (...args: string[]) => (await answer("sandbox", "stack", "output", "-C", cwd, ...args)).out;
  expect(await output()).toBe('id: "1"\nlist: [1]\nsecret: [secret]\n');
  expect(await output("id")).toBe("1\n");
  expect(await output("list")).toBe("[1]\n");
  expect(JSON.parse(await output("--json"))).toEqual({ id: "1", list: [1], secret: "[secret]" });
  const none = await answer("sandbox", "stack", "output", "-C", cwd, "nme");
  expect(none.error).toBe('The stack has no output "nme". It has: id, list, secret.');
  const exported = await answer("sandbox", "stack", "export", "-C", cwd);
  expect(JSON.parse(exported.out)).toMatchObject({ version: 3 });
  expect(exported.out).toBe((await answer("sandbox", "export", "-C", cwd)).out);
});
