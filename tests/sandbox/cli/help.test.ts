import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyCommand } from "../../../cli/commands/destroy";
import { exportCommand } from "../../../cli/commands/export";
import { previewCommand } from "../../../cli/commands/preview";
import { refreshCommand } from "../../../cli/commands/refresh";
import { upCommand } from "../../../cli/commands/up";

const COMMANDS = { up: upCommand, preview: previewCommand, refresh: refreshCommand, destroy: destroyCommand };

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
  const help = helpOf(COMMANDS[name]());
  expect(help).toContain("Pulumi.<stack>.yaml beside Pulumi.yaml");
  expect(help).toContain("PULUMI_CONFIG_PASSPHRASE");
  expect(help.includes("a new name starts an empty stack")).toBe(["up", "preview"].includes(name));
  expect(help).toContain(".pulumi-sandbox/<stack>.json beside Pulumi.yaml");
});

test("an export needs a stack that is there", () => {
  expect(helpOf(exportCommand())).not.toContain("starts an empty stack");
});

test.each(["refresh", "destroy"] as const)(
  "a %s needs one too: a mistyped name is not a stack of which nothing is left",
  async (name) => {
    const cwd = mkdtempSync(join(tmpdir(), "no-stack-"));
    writeFileSync(join(cwd, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    const running = COMMANDS[name]().parseAsync(["--cwd", cwd, "--stack", "typo"], { from: "user" });
    await expect(running).rejects.toThrow(/The stack "typo" has no state yet/);
    expect(readdirSync(cwd)).toEqual(["Pulumi.yaml"]);
    rmSync(cwd, { recursive: true });
  },
);

test.each(["", "a/b", "a b", "x".repeat(101)])("a stack is not named %j", async (stack) => {
  const command = upCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const running = command.parseAsync(["--cwd", "/nowhere", "--stack", stack], { from: "user" });
  await expect(running).rejects.toThrow(/A stack's name has 1 to 100 letters/);
});
