import { Command, Option } from "commander";
import { type OperationOptions, type OperationResult, runOperation } from "../sandbox/engine";
import { createDisplay } from "./display";
import { withHabits } from "./habits";
import { onSignals } from "./interruption";
import { JsonReport } from "./json";
import {
  type ChosenStack,
  chosenStack,
  existingState,
  optionsOf,
  parseParallel,
  type StackOptions,
  withColor,
  withStack,
} from "./options";
import { onBrokenOutput } from "./streams";

export { exportCommand } from "./stack-commands";

interface Options extends StackOptions {
  parallel?: number;
  refresh?: boolean;
  json?: boolean;
  color?: string;
  showSecrets?: boolean;
  suppressOutputs?: boolean;
  suppressProgress?: boolean;
  expectNoChanges?: boolean;
  clearPendingCreates?: boolean;
}

type Operation = OperationOptions["operation"];

/** As the Pulumi CLI has them. */
const ALIASES: Readonly<Record<Operation, readonly string[]>> = {
  up: ["update"],
  preview: ["pre"],
  refresh: [],
  destroy: ["down", "dn"],
};

const DESCRIPTIONS: Readonly<Record<Operation, string>> = {
  up: "create and change resources until they are as the program declares",
  preview: "show what `up` would do; nothing is created, changed or written",
  refresh: "take over into the state what is there now",
  destroy: "delete all resources of the stack",
};

const EXAMPLES: Readonly<Record<Operation, string>> = {
  up: `  sandbox up --cwd examples/quickstart
  sandbox up -s pr-42 --json > result.json`,
  preview: `  sandbox preview --refresh
  sandbox preview --expect-no-changes    exit code 1 if there are any`,
  refresh: `  sandbox refresh
  sandbox refresh --clear-pending-creates    after a create was cut off`,
  destroy: `  sandbox destroy -s pr-42
  sandbox destroy --parallel 64          for many sessions`,
};

const STARTS_EMPTY: readonly Operation[] = ["up", "preview"];

const AFTER = `
Exit codes: 0 all went well, 1 it failed or could not begin, 2 the command
line is wrong, 130 Ctrl-C stopped it (129 SIGHUP, 143 SIGTERM). Ctrl-C starts
nothing more and waits for what is running; a second one ends it at once.
The sandbox never asks: \`--yes\`, \`--skip-preview\` and \`--non-interactive\`
of the Pulumi CLI are taken and change nothing.

Configuration is read from Pulumi.<stack>.yaml beside Pulumi.yaml, as
\`pulumi config set\` writes it. Secrets are encrypted with the passphrase in
PULUMI_CONFIG_PASSPHRASE, or in the file PULUMI_CONFIG_PASSPHRASE_FILE. Without
one, the sandbox makes a passphrase and keeps it in <state file>.key.`;

/** `sandbox up|preview|refresh|destroy`: one operation on one stack. */
export function operationCommand(operation: Operation): Command {
  const stackHelp = STARTS_EMPTY.includes(operation)
    ? "the stack; one that is not there yet starts empty"
    : "the stack";
  const command = withStack(new Command(operation).description(DESCRIPTIONS[operation]), stackHelp)
    .option("-p, --parallel <number>", "how many resources to work on at a time (default: 16)", parseParallel)
    .option("-j, --json", "one JSON object on stdout at the end, for scripts")
    .option("--expect-no-changes", "fail when anything changed, or would change")
    .option("--show-secrets", "show secret outputs in clear text")
    .option("--suppress-outputs", "do not show the stack's outputs")
    .option("--suppress-progress", "plain lines on a terminal too, as with NO_COLOR, TERM=dumb or CI set")
    .action(() => operate(operation, optionsOf<Options>(command)));
  withColor(command.aliases(ALIASES[operation]));
  if (operation === "refresh") {
    command.option("--clear-pending-creates", "drop creates from the state that were cut off");
    command.addOption(new Option("-r, --refresh").hideHelp());
  } else {
    command.option("-r, --refresh", "refresh first");
  }
  return withHabits(command.addHelpText("after", `\nExamples:\n${EXAMPLES[operation]}\n${AFTER}`));
}

async function operate(operation: Operation, options: Options): Promise<void> {
  const chosen = chosenStack(options);
  try {
    await perform(operation, options, chosen);
  } catch (error) {
    if (options.json) {
      const message = error instanceof Error ? error.message : String(error);
      new JsonReport(operation, process.stdout, { stack: chosen.stack }).fail(message);
    }
    throw error;
  }
}

async function perform(operation: Operation, options: Options, { cwd, stack, state }: ChosenStack): Promise<void> {
  const { parallel, refresh, clearPendingCreates } = options;
  if (!STARTS_EMPTY.includes(operation)) {
    existingState({ cwd, stack, ...(state === undefined ? {} : { state }) });
  }
  const display = createDisplay(operation, process.stdout, {
    stack,
    json: options.json ?? false,
    plain: options.color === "never" || (options.suppressProgress ?? false),
    showSecrets: options.showSecrets ?? false,
    suppressOutputs: options.suppressOutputs ?? false,
  });
  const stopper = new AbortController();
  const killer = new AbortController();
  const release = onSignals({
    stop: () => {
      display.notice("No new steps start; running ones finish. Ctrl-C again ends them at once.");
      stopper.abort("stop");
    },
    kill: () => {
      display.close();
      display.notice("Ends at once. The state keeps what was running as pending.");
      killer.abort("kill");
    },
  });
  onBrokenOutput(() => stopper.abort("no output"));
  try {
    const result = await runOperation({
      operation,
      cwd,
      stack,
      ...(state === undefined ? {} : { stateFile: state }),
      ...(parallel === undefined ? {} : { parallel }),
      ...(refresh === undefined || operation === "refresh" ? {} : { refresh }),
      ...(clearPendingCreates ? { clearPendingCreates } : {}),
      onEvent: (event) => display.onEvent(event),
      signal: stopper.signal,
      killSignal: killer.signal,
    });
    const isUnexpected = options.expectNoChanges === true && result.ok && hasChanges(result);
    display.finish(result);
    // A signal has set an exit code already.
    process.exitCode = result.ok && !isUnexpected ? 0 : (process.exitCode ?? 1);
    for (const text of [isUnexpected ? UNEXPECTED : "", result.ok ? "" : missingCloud(process.env)]) {
      process.stderr.write(text === "" ? "" : `\n${text}\n`);
    }
  } finally {
    display.close();
    release();
  }
}

const UNEXPECTED = "error: No changes were expected, but there are some.";

function hasChanges({ changes }: OperationResult): boolean {
  return Object.entries(changes).some(([op, count]) => count > 0 && !["same", "read", "refresh"].includes(op));
}

/** For whoever begins with the sandbox: the step that is forgotten first. */
function missingCloud(env: Readonly<Record<string, string | undefined>>): string {
  const isNamed = Object.entries(env).some(
    ([name, value]) => value && /^(ALIBABA_CLOUD|ALICLOUD|LIVE)_.*(ENDPOINT|KEY|PROFILE|URI|ROLE|METADATA)/.test(name),
  );
  return isNamed
    ? ""
    : "The environment names no cloud. For the emulated one, run `npx pulumi-alicloud-live sandbox serve` in another terminal and set here what it prints.";
}
