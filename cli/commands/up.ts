import type { Command } from "commander";
import { operationCommand } from "./operation";

export function upCommand(): Command {
  return operationCommand("up", {
    description: "create and update resources until they match the program",
    aliases: ["update"],
    examples: `
  sandbox up --cwd examples/quickstart
  sandbox up -s pr-42 --json > result.json`,
    startsEmpty: true,
  });
}
