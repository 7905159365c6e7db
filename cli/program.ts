import { Command } from "commander";
import { refusedCommands, withHabits } from "./habits";
import { withColor, withStack } from "./options";
import { serveCommand } from "./serve";
import { operationCommand } from "./stack";
import { exportCommand, stackCommand } from "./stack-commands";

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
    .addCommand(sandboxCommand());
  for (const name of ["serve", "up", "preview", "refresh", "destroy", "export", "stack"]) {
    root.addCommand(elsewhere(name), { hidden: true });
  }
  throwUsageErrors(root);
  return root;
}

function sandboxCommand(): Command {
  const sandbox = withHabits(withColor(withStack(new Command("sandbox"))))
    .enablePositionalOptions()
    .description("try it, or test a stack, without a cloud account and without the Pulumi CLI")
    .usage("<command> [options]")
    .addHelpText("after", `${FIRST_STEPS}\n\n\`sandbox <command> --help\` tells the options and exit codes of each.`)
    .addCommand(serveCommand());
  for (const option of sandbox.options) {
    // They are taken in front of a command as well, where `pulumi -C dir up` has them.
    option.hideHelp();
  }
  for (const operation of ["up", "preview", "refresh", "destroy"] as const) {
    sandbox.addCommand(operationCommand(operation));
  }
  sandbox.addCommand(exportCommand()).addCommand(stackCommand());
  for (const command of refusedCommands()) {
    sandbox.addCommand(command, { hidden: true });
  }
  return sandbox;
}

/** Whoever knows `pulumi up` leaves `sandbox` out. */
function elsewhere(name: string): Command {
  const command = new Command(name).allowUnknownOption().allowExcessArguments().helpOption(false);
  return command.action(() =>
    command.error(
      `error: \`${name}\` is a command of the sandbox: npx pulumi-alicloud-live sandbox ${name}. With a cloud account, use the Pulumi CLI.`,
      { code: "sandbox.refused", exitCode: 2 },
    ),
  );
}

/** For {@link main} to tell a wrong command line from a failure by the exit code. */
function throwUsageErrors(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) {
    throwUsageErrors(child);
  }
}
