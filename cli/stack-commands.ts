import { existsSync, readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { defaultStateFile, exportState, SECRET, SIGNATURE, type Value, type Values } from "../sandbox/engine";
import { refusedCommands, STACK_COMMANDS, withHabits } from "./habits";
import { chosenStack, existingState, optionsOf, type StackOptions, withStack } from "./options";
import { outputsAsJson, shownOutputs } from "./outputs";
import { jsonText, plain } from "./text";

interface Options extends StackOptions {
  showSecrets?: boolean;
  json?: boolean;
  file?: string;
}

/** `sandbox export`: the state, as `pulumi stack import` takes it. */
export function exportCommand(): Command {
  const command = withStack(new Command("export").description("print the state, as `pulumi stack import` takes it"))
    .option("--show-secrets", "print secrets in clear text")
    .addHelpText("after", "\nExample:\n  sandbox export -s pr-42 > state.json\n  pulumi stack import --file state.json")
    .action(() => {
      const options = optionsOf<Options>(command);
      process.stdout.write(`${jsonText(stateOf(options), 4)}\n`);
    });
  return withHabits(command);
}

/** `sandbox stack …`: what the Pulumi CLI has under `stack`, where it means the same. */
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
  const command = new Command("ls")
    .description("list the stacks that have a state in .pulumi-sandbox/, with their files")
    .option("-C, --cwd <dir>", 'the folder of the Pulumi project, or one in it (default: ".")')
    .option("-j, --json", "a JSON array")
    .action(() => {
      const { cwd = ".", json } = optionsOf<Options>(command);
      const folder = dirname(defaultStateFile(cwd, "dev"));
      const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
      const stacks = files
        .sort()
        .map((file) => ({ name: file.slice(0, -".json".length), file: resolve(folder, file) }));
      const lines = stacks.map(({ name, file }) => `${plain(name)}  ${plain(file)}\n`);
      const text = lines.length === 0 ? "No stack has a state yet. `sandbox up` makes one.\n" : lines.join("");
      process.stdout.write(json ? `${jsonText(stacks)}\n` : text);
    });
  return withHabits(command);
}

function outputCommand(): Command {
  const command = withStack(new Command("output").description("print the stack's outputs, or one of them"))
    .argument("[name]", "one output, printed bare")
    .option("-j, --json", "JSON")
    .option("--show-secrets", "print secrets in clear text")
    .action((name: string | undefined) => {
      const options = optionsOf<Options>(command);
      const outputs = outputsOf(stateOf(options));
      if (name !== undefined && !Object.hasOwn(outputs, name)) {
        const names = Object.keys(outputs).join(", ");
        throw new Error(`The stack has no output "${name}". It has: ${names || "none"}.`);
      }
      const shown = outputsAsJson(name === undefined ? outputs : (outputs[name] ?? null), options.showSecrets);
      if (name !== undefined && typeof shown === "string" && !options.json) {
        process.stdout.write(`${plain(shown)}\n`);
      } else if (name !== undefined || options.json) {
        process.stdout.write(`${jsonText(shown)}\n`);
      } else {
        process.stdout.write(
          plain(
            shownOutputs(outputs, options.showSecrets)
              .map((line) => `${line}\n`)
              .join(""),
          ),
        );
      }
    });
  return withHabits(command);
}

function stateOf(options: Options): unknown {
  const { stack, showSecrets } = options;
  const stateFile = existingState(chosenStack(options));
  // A stack that was named must be the one that the file holds.
  return exportState({ stateFile, ...(stack === undefined ? {} : { stack }), ...(showSecrets ? { showSecrets } : {}) });
}

/** The outputs of the stack's own resource. A secret's plaintext is JSON in the form of an export. */
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
