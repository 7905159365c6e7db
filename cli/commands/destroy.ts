import type { Command } from "commander";
import { operationCommand } from "./operation";

export function destroyCommand(): Command {
  return operationCommand("destroy", {
    description: "delete all resources of the stack",
    aliases: ["down", "dn"],
    examples: `
  sandbox destroy -s pr-42
  sandbox destroy --parallel 64          for many sessions`,
    startsEmpty: false,
  });
}
