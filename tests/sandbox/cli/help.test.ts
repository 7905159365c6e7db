import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportCommand, operationCommand } from "../../../cli/stack";

function helpOf(command: ReturnType<typeof exportCommand>): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.replaceAll(/\s+/g, " ");
}

test.each(["up", "preview", "refresh", "destroy"] as const)("the help of %s tells where configuration is", (name) => {
  const help = helpOf(operationCommand(name));
  expect(help).toContain("Pulumi.<stack>.yaml beside Pulumi.yaml");
  expect(help).toContain("PULUMI_CONFIG_PASSPHRASE");
  expect(help.includes("one that is not there yet starts empty")).toBe(["up", "preview"].includes(name));
  expect(help).toContain(".pulumi-sandbox/<stack>.json beside Pulumi.yaml");
});

test("an export needs a stack that is there", () => {
  expect(helpOf(exportCommand())).not.toContain("starts empty");
});

test.each(["refresh", "destroy"] as const)(
  "a %s needs one too: a mistyped name is not a stack of which nothing is left",
  async (name) => {
    const cwd = mkdtempSync(join(tmpdir(), "no-stack-"));
    writeFileSync(join(cwd, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    const running = operationCommand(name).parseAsync(["--cwd", cwd, "--stack", "typo"], { from: "user" });
    await expect(running).rejects.toThrow(/The stack "typo" has no state yet/);
    expect(readdirSync(cwd)).toEqual(["Pulumi.yaml"]);
    rmSync(cwd, { recursive: true });
  },
);

test.each(["", "a/b", "a b", "x".repeat(101)])("a stack is not named %j", async (stack) => {
  const command = operationCommand("up")
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const running = command.parseAsync(["--cwd", "/nowhere", "--stack", stack], { from: "user" });
  await expect(running).rejects.toThrow(/A stack's name has 1 to 100 letters/);
});
