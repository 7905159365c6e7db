import { type Command, Option } from "commander";
import { operationCommand } from "./operation";

export function refreshCommand(): Command {
  return operationCommand("refresh", {
    description: "update the state to what exists in the cloud now",
    aliases: [],
    examples: `
  sandbox refresh
  sandbox refresh --clear-pending-creates    after an interrupted create`,
    startsEmpty: false,
    options: [
      new Option("--clear-pending-creates", "remove interrupted creates from the state (default: off)"),
      // The Pulumi CLI accepts it here too.
      new Option("-r, --refresh").hideHelp(),
    ],
  });
}
