import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultStateFile } from "../sandbox/engine";

export interface StackOptions {
  cwd?: string;
  stack?: string;
  state?: string;
}

/** The options that say which stack is meant, with their defaults. */
export interface ChosenStack {
  cwd: string;
  stack: string;
  state?: string;
}

const COLORS = ["always", "auto", "never", "raw"] as const;

export function withColor(command: Command): Command {
  return command.addOption(new Option("--color <when>", "`never`: no escape sequences at all").choices(COLORS));
}

export function withStack(command: Command, stackHelp = "the stack"): Command {
  return command
    .option("-C, --cwd <dir>", 'the folder of the Pulumi project, or one in it (default: ".")')
    .addOption(new Option("-s, --stack <name>", `${stackHelp} (default: "dev")`).argParser(stackName))
    .option("--state <file>", "where the state is kept (default: .pulumi-sandbox/<stack>.json beside Pulumi.yaml)");
}

/** The options of a command. What stands in front of it, as in `pulumi -C dir up`, counts where it says nothing itself. */
export function optionsOf<T extends object>(command: Command): T {
  const front: object = command.parent === null ? {} : optionsOf(command.parent);
  return { ...front, ...command.opts() } as T;
}

export function chosenStack({ cwd = ".", stack = "dev", state }: StackOptions): ChosenStack {
  return { cwd, stack, ...(state === undefined ? {} : { state }) };
}

/** As Pulumi names stacks. What a script left empty must not become a stack. */
function stackName(name: string): string {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    const own = name.split("/").at(-1);
    const hint = name.includes("/") ? ` Leave the organization and the project out: --stack ${own}` : "";
    throw new InvalidArgumentError(
      `A stack's name has 1 to 100 letters, digits, hyphens, underscores and periods.${hint}`,
    );
  }
  return name;
}

/** The state file. A mistyped name must not look like a stack that is empty. */
export function existingState({ cwd, stack, state }: ChosenStack): string {
  const stateFile = resolve(state ?? defaultStateFile(cwd, stack));
  if (!existsSync(stateFile)) {
    throw new Error(
      `The stack "${stack}" has no state yet: there is no ${stateFile}. Run \`sandbox up\` first, or see \`sandbox stack ls\`.`,
    );
  }
  return stateFile;
}

export function parseParallel(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new InvalidArgumentError("It must be a whole number, at least 1.");
  }
  return value;
}
