import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { defaultStateFile, exportState, type OperationOptions, runOperation } from "../sandbox/engine";
import { createDisplay } from "./display";

interface StackOptions {
  cwd: string;
  stack: string;
  state?: string;
  parallel?: number;
  refresh?: boolean;
  showSecrets?: boolean;
}

const DESCRIPTIONS = {
  up: "create and change resources until they are as the program declares",
  preview: "show what `up` would do; nothing is created, changed or written",
  refresh: "take over into the state what is there now",
  destroy: "delete all resources of the stack",
} as const;

const STARTS_EMPTY: readonly OperationOptions["operation"][] = ["up", "preview"];

const CONFIGURATION = `
Configuration is read from Pulumi.<stack>.yaml beside Pulumi.yaml, as \`pulumi config set\` writes it. Secrets are encrypted
with the passphrase in PULUMI_CONFIG_PASSPHRASE, or in the file that PULUMI_CONFIG_PASSPHRASE_FILE names. Without one, the
sandbox makes a passphrase of its own and keeps it beside the state, in <state file>.key.`;

/** `sandbox up|preview|refresh|destroy`: one operation on one stack. */
export function operationCommand(operation: OperationOptions["operation"]): Command {
  const stackHelp = STARTS_EMPTY.includes(operation)
    ? "the stack; one that is not there yet starts empty"
    : "the stack";
  const command = withStack(new Command(operation).description(DESCRIPTIONS[operation]), stackHelp)
    .addHelpText("after", CONFIGURATION)
    .option("--parallel <number>", "how many resources to work on at a time (default: 16)", parseParallel)
    .action((options: StackOptions) => operate(operation, options));
  return operation === "refresh" ? command : command.option("--refresh", "refresh first");
}

/** `sandbox export`: the state, as `pulumi stack import` takes it. */
export function exportCommand(): Command {
  return withStack(new Command("export").description("print the state, as `pulumi stack import` takes it"), "the stack")
    .option("--show-secrets", "print secrets in clear text")
    .action(({ cwd, stack, state, showSecrets }: StackOptions, command: Command) => {
      const stateFile = existingState({ cwd, stack, state });
      const isNamed = command.getOptionValueSource("stack") !== "default";
      const shown = exportState({
        stateFile,
        ...(isNamed ? { stack } : {}),
        ...(showSecrets ? { showSecrets } : {}),
      });
      process.stdout.write(`${JSON.stringify(shown, undefined, 4)}\n`);
    });
}

/** What is mistyped must not look like a stack of which nothing is left. */
function existingState({
  cwd,
  stack,
  state,
}: Pick<StackOptions, "cwd" | "stack"> & { state: string | undefined }): string {
  const stateFile = resolve(state ?? defaultStateFile(cwd, stack));
  if (!existsSync(stateFile)) {
    throw new Error(`The stack "${stack}" has no state yet: there is no ${stateFile}. Run \`sandbox up\` first.`);
  }
  return stateFile;
}

function withStack(command: Command, stackHelp: string): Command {
  return command
    .option("--cwd <dir>", "the folder of the Pulumi project, or one in it", ".")
    .addOption(new Option("--stack <name>", stackHelp).default("dev").argParser(stackName))
    .option("--state <file>", "where the state is kept (default: .pulumi-sandbox/<stack>.json beside Pulumi.yaml)");
}

/** As Pulumi names stacks. What a script left empty must not become a stack of its own. */
function stackName(name: string): string {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    throw new InvalidArgumentError("A stack's name has 1 to 100 letters, digits, hyphens, underscores and periods.");
  }
  return name;
}

async function operate(operation: OperationOptions["operation"], options: StackOptions): Promise<void> {
  const { cwd, stack, state, parallel, refresh } = options;
  if (!STARTS_EMPTY.includes(operation)) {
    existingState({ cwd, stack, state });
  }
  const display = createDisplay(operation);
  const controller = new AbortController();
  const onSignal = () => {
    const isSecond = controller.signal.aborted;
    process.stderr.write(
      isSecond
        ? "\nEnds at once. What was under way is on record as pending.\n"
        : "\nNo new steps are begun; those under way are let finish. Once more ends them too.\n",
    );
    if (isSecond) {
      killer.abort("kill");
    } else {
      controller.abort("stop");
    }
  };
  const killer = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, onSignal);
  }
  const result = await runOperation({
    operation,
    cwd,
    stack,
    ...(state === undefined ? {} : { stateFile: state }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(refresh === undefined ? {} : { refresh }),
    onEvent: (event) => display.onEvent(event),
    signal: controller.signal,
    killSignal: killer.signal,
  });
  display.finish(result);
  process.exitCode = result.ok ? 0 : 1;
}

function parseParallel(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new InvalidArgumentError("It must be a whole number, at least 1.");
  }
  return value;
}
