import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultStateFile } from "../sandbox/engine";

export interface StackOptions {
  cwd?: string;
  stack?: string;
  state?: string;
}

/** The options that select a stack, with their defaults. */
export interface ChosenStack {
  cwd: string;
  stack: string;
  state?: string;
}

const COLORS = ["always", "auto", "never", "raw"] as const;

export function withColor(command: Command): Command {
  const help = "`never`: no escape sequences; others: no effect (default: auto)";
  return command.addOption(new Option("--color <when>", help).choices(COLORS));
}

export function withCwd(command: Command): Command {
  return command.option("-C, --cwd <dir>", "the Pulumi project's folder, or one inside it (default: .)");
}

export function withStack(command: Command, stackHelp = "the stack"): Command {
  return withCwd(command)
    .addOption(new Option("-s, --stack <name>", `${stackHelp} (default: dev)`).argParser(stackName))
    .option("--state <file>", "the state file (default: .pulumi-sandbox/<stack>.json beside Pulumi.yaml)", fileName);
}

/** A command's options. Those in front of it, as in `pulumi -C dir up`, apply unless the command sets them itself. */
export function optionsOf<T extends object>(command: Command): T {
  const front: object = command.parent === null ? {} : optionsOf(command.parent);
  return { ...front, ...command.opts() } as T;
}

export function chosenStack({ cwd = ".", stack = "dev", state }: StackOptions): ChosenStack {
  return { cwd, stack, ...(state === undefined ? {} : { state }) };
}

/** Pulumi's rule for stack names. An empty variable in a script must not become a stack. */
function stackName(name: string): string {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    const own = name.split("/").at(-1);
    const hint = name.includes("/") ? ` Leave out the organization and the project: --stack ${own}` : "";
    throw new InvalidArgumentError(
      `A stack's name has 1 to 100 letters, digits, hyphens, underscores and periods.${hint}`,
    );
  }
  return name;
}

/** An empty variable in a script must not become the current folder. */
function fileName(path: string): string {
  if (path === "") {
    throw new InvalidArgumentError("It must be a file. Leave out --state to use the default file.");
  }
  return path;
}

/** The state file, which must exist: a mistyped name must not look like an empty stack. */
export function existingState({ cwd, stack, state }: ChosenStack): string {
  const stateFile = resolve(state ?? defaultStateFile(cwd, stack));
  if (!existsSync(stateFile)) {
    throw new Error(
      `The stack "${stack}" has no state yet: ${stateFile} does not exist. Nothing was done. Run \`sandbox up\` first, or list the stacks with \`sandbox stack ls\`.`,
    );
  }
  return stateFile;
}

export function parseParallel(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 10000.");
  }
  return value;
}

/** A region id. One that is none would be asked for at the wrong place, and look empty. */
export function parseRegions(text: string, earlier: string[] = []): string[] {
  if (!/^[a-z]{2}(-[a-z0-9]+)+$/.test(text)) {
    throw new InvalidArgumentError('It must be a region id such as "cn-shanghai".');
  }
  return [...earlier, text];
}
