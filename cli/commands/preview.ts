import type { Command } from "commander";
import { operationCommand } from "./operation";

export function previewCommand(): Command {
  return operationCommand("preview", {
    description: "show what `up` would do, without changes or writes",
    aliases: ["pre"],
    examples: `
  sandbox preview --refresh
  sandbox preview --expect-no-changes    exit code 1 if there are any`,
    startsEmpty: true,
  });
}
