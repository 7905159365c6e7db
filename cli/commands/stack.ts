import { existsSync, readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { defaultStateFile, SECRET, SIGNATURE, type Value, type Values } from "../../sandbox/engine";
import { outputsAsJson, shownOutputs } from "../display/outputs";
import { jsonText, plain } from "../display/text";
import { optionsOf, withCwd, withStack } from "../options";
import { refusedCommands, STACK_COMMANDS, withHabits } from "../pulumi-habits";
import { type ExportOptions, exportCommand, exportedState } from "./export";

interface Options extends ExportOptions {
  json?: boolean;
}

/** `sandbox stack …`: the subcommands of `pulumi stack` that the sandbox supports. */
export function stackCommand(): Command {
  const stack = new Command("stack").description("list stacks, print a stack's outputs or its state");
  for (const command of [listCommand(), outputCommand(), exportCommand()]) {
    stack.addCommand(command);
  }
  for (const command of refusedCommands(STACK_COMMANDS)) {
    stack.addCommand(command, { hidden: true });
  }
  return stack;
}

function listCommand(): Command {
  const command = withCwd(new Command("ls"))
    .description("list the stacks that have a state in .pulumi-sandbox/, with their files")
    .option("-j, --json", "print a JSON array (default: text)")
    .action(() => {
      const { cwd = ".", json } = optionsOf<Options>(command);
      const folder = dirname(defaultStateFile(cwd, "dev"));
      const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
      const stacks = files
        .sort()
        .map((file) => ({ name: file.slice(0, -".json".length), file: resolve(folder, file) }));
      const lines = stacks.map(({ name, file }) => `${plain(name)}  ${plain(file)}\n`);
      const text = lines.length === 0 ? "No stack has a state yet. Run `sandbox up` to create one.\n" : lines.join("");
      process.stdout.write(json ? `${jsonText(stacks)}\n` : text);
    });
  return withHabits(command);
}

function outputCommand(): Command {
  const command = withStack(new Command("output").description("print the stack's outputs, or one of them"))
    .argument("[name]", "print only this output, a string without quotes (default: all)")
    .option("-j, --json", "print JSON (default: text)")
    .option("--show-secrets", "print secrets in clear text (default: [secret])")
    .action((name: string | undefined) => {
      const options = optionsOf<Options>(command);
      const outputs = outputsOf(exportedState(options));
      process.stdout.write(name === undefined ? allOutputs(outputs, options) : oneOutput(outputs, name, options));
    });
  return withHabits(command);
}

function allOutputs(outputs: Values, { json, showSecrets }: Options): string {
  const lines = shownOutputs(outputs, showSecrets).map((line) => `${line}\n`);
  return json ? `${jsonText(outputsAsJson(outputs, showSecrets))}\n` : plain(lines.join(""));
}

function oneOutput(outputs: Values, name: string, { json, showSecrets }: Options): string {
  if (!Object.hasOwn(outputs, name)) {
    const names = Object.keys(outputs).join(", ");
    throw new Error(`The stack has no output "${name}". It has: ${names || "none"}.`);
  }
  const shown = outputsAsJson(outputs[name] ?? null, showSecrets);
  return `${typeof shown === "string" && !json ? plain(shown) : jsonText(shown)}\n`;
}

/** The outputs of the stack's own resource. In an export, a secret's plaintext is JSON. */
function outputsOf(state: unknown): Values {
  const { deployment } = state as { deployment: { resources?: { type: string; outputs?: Values }[] } };
  const outputs = deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  return opened(outputs) as Values;
}

function opened(value: Value): Value {
  if (Array.isArray(value)) {
    return value.map(opened);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (value[SIGNATURE] === SECRET) {
    return {
      [SIGNATURE]: SECRET,
      value: typeof value.plaintext === "string" ? opened(JSON.parse(value.plaintext)) : null,
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each)]));
}
