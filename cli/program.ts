import { Command } from "commander";
import { destroyCommand } from "./commands/destroy";
import { exportCommand } from "./commands/export";
import { listCommand } from "./commands/list";
import { previewCommand } from "./commands/preview";
import { refreshCommand } from "./commands/refresh";
import { serveCommand } from "./commands/serve";
import { stackCommand } from "./commands/stack";
import { sweepCommand } from "./commands/sweep";
import { upCommand } from "./commands/up";
import { withColor, withStack } from "./options";
import { refusedCommands, withHabits } from "./pulumi-habits";

const FIRST_STEPS = `
First steps, in two terminals:
  npx pulumi-alicloud-live sandbox serve
  npx pulumi-alicloud-live sandbox up --cwd my-stack`;

/** The command line: `pulumi-alicloud-live`. */
export function program({ version, description }: { version: string; description: string }): Command {
  const root = new Command("pulumi-alicloud-live")
    .description(description)
    .version(version)
    .addHelpText("after", FIRST_STEPS)
    .addCommand(listCommand())
    .addCommand(sweepCommand())
    .addCommand(sandboxCommand());
  for (const name of ["serve", "up", "preview", "refresh", "destroy", "export", "stack"]) {
    root.addCommand(withoutSandbox(name), { hidden: true });
  }
  throwUsageErrors(root);
  return root;
}

function sandboxCommand(): Command {
  const sandbox = withHabits(withColor(withStack(new Command("sandbox"))))
    .enablePositionalOptions()
    .description("try it, or test a stack, without a cloud account and without the Pulumi CLI")
    .usage("<command> [options]")
    .addHelpText(
      "after",
      `${FIRST_STEPS}\n\n\`sandbox <command> --help\` shows the options and exit codes of a command.`,
    );
  for (const option of sandbox.options) {
    // They are accepted in front of a command too, as in `pulumi -C dir up`.
    option.hideHelp();
  }
  const operations = [upCommand(), previewCommand(), refreshCommand(), destroyCommand()];
  for (const command of [serveCommand(), ...operations, exportCommand(), stackCommand()]) {
    sandbox.addCommand(command);
  }
  for (const command of refusedCommands()) {
    sandbox.addCommand(command, { hidden: true });
  }
  return sandbox;
}

/** Answers a user who leaves out `sandbox`, as in `pulumi up`. */
function withoutSandbox(name: string): Command {
  const command = new Command(name).allowUnknownOption().allowExcessArguments().helpOption(false);
  return command.action(() =>
    command.error(
      `error: \`${name}\` is a command of the sandbox. Nothing was done. Run \`npx pulumi-alicloud-live sandbox ${name}\`, or use the Pulumi CLI with a cloud account.`,
      { code: "sandbox.refused", exitCode: 2 },
    ),
  );
}

/** Has every command throw on a wrong command line, so that `main` can give it exit code 2. */
function throwUsageErrors(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) {
    throwUsageErrors(child);
  }
}
