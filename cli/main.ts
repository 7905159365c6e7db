import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { serveCommand } from "./serve";
import { exportCommand, operationCommand } from "./stack";

/** The command line: `pulumi-alicloud-live`. */
export function program(): Command {
  const { version, description } = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"));
  const sandbox = new Command("sandbox")
    .description("try it, or test a stack, without a cloud account and without the Pulumi CLI")
    .addCommand(serveCommand())
    .addCommand(operationCommand("up"))
    .addCommand(operationCommand("preview"))
    .addCommand(operationCommand("refresh"))
    .addCommand(operationCommand("destroy"))
    .addCommand(exportCommand());
  return new Command("pulumi-alicloud-live").description(description).version(version).addCommand(sandbox);
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
