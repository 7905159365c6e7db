import { Command, Option } from "commander";
import { type OperationOptions, type OperationResult, runOperation } from "../../sandbox/engine";
import { createDisplay } from "../display/choose";
import { JsonReport } from "../display/json";
import {
  type ChosenStack,
  chosenStack,
  existingState,
  optionsOf,
  parseParallel,
  type StackOptions,
  withColor,
  withStack,
} from "../options";
import { withHabits } from "../pulumi-habits";
import { onSignals } from "../signals";
import { onBrokenOutput } from "../streams";

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

interface About {
  description: string;
  /** Other names that the Pulumi CLI has for it. */
  aliases: readonly string[];
  /** Lines of the help text. */
  examples: string;
  /** Whether it accepts a stack without a state. */
  startsEmpty: boolean;
  /** Instead of `--refresh`. */
  options?: readonly Option[];
}

const AFTER = `
Exit codes: 0 success, 1 it failed or could not start, 2 wrong command line,
130 stopped by Ctrl-C (129 by SIGHUP, 143 by SIGTERM). After Ctrl-C no new step
starts and the running ones finish; a second Ctrl-C ends them at once.
The sandbox never asks: it accepts \`--yes\`, \`--skip-preview\` and
\`--non-interactive\` of the Pulumi CLI and ignores them.

Configuration is read from Pulumi.<stack>.yaml beside Pulumi.yaml, as
\`pulumi config set\` writes it. Secrets are encrypted with the passphrase in
PULUMI_CONFIG_PASSPHRASE, or in the file PULUMI_CONFIG_PASSPHRASE_FILE. Without
either, the sandbox generates a passphrase and keeps it in <state file>.key.`;

/** Builds `sandbox up`, `preview`, `refresh` or `destroy`: one operation on one stack. */
export function operationCommand(operation: Operation, about: About): Command {
  const stackHelp = about.startsEmpty ? "the stack; a new name starts an empty stack" : "the stack";
  const command = withStack(new Command(operation).description(about.description), stackHelp)
    .option("-p, --parallel <number>", "resources to work on at the same time (default: 16)", parseParallel)
    .option("-j, --json", "print one JSON object on stdout at the end (default: text)")
    .option("--expect-no-changes", "fail if anything changed, or would change (default: off)")
    .option("--show-secrets", "show secret outputs in clear text (default: [secret])")
    .option("--suppress-outputs", "hide the stack's outputs (default: off)")
    .option(
      "--suppress-progress",
      "plain lines on a terminal (default: only with CI, NO_COLOR, FORCE_COLOR=0 or TERM=dumb)",
    )
    .action(() => operate(operation, about, optionsOf<Options>(command)));
  withColor(command.aliases(about.aliases));
  for (const option of about.options ?? [new Option("-r, --refresh", "refresh the state first (default: off)")]) {
    command.addOption(option);
  }
  return withHabits(command.addHelpText("after", `\nExamples:${about.examples}\n${AFTER}`));
}

async function operate(operation: Operation, about: About, options: Options): Promise<void> {
  const chosen = chosenStack(options);
  try {
    await perform(operation, about, options, chosen);
  } catch (error) {
    if (options.json) {
      const message = error instanceof Error ? error.message : String(error);
      new JsonReport(operation, process.stdout, { stack: chosen.stack }).fail(message);
    }
    throw error;
  }
}

async function perform(operation: Operation, about: About, options: Options, chosen: ChosenStack): Promise<void> {
  const { cwd, stack, state } = chosen;
  const { parallel, refresh, clearPendingCreates } = options;
  if (!about.startsEmpty) {
    existingState(chosen);
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
      display.notice("Stopping: no new steps start, running ones finish. Press Ctrl-C again to end them at once.");
      stopper.abort("stop");
    },
    kill: () => {
      display.close();
      display.notice("Ending at once. The state records the running steps as pending operations.");
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
    // After a signal, the exit code is already set.
    process.exitCode = result.ok && !isUnexpected ? 0 : (process.exitCode ?? 1);
    for (const text of [isUnexpected ? UNEXPECTED : "", result.ok ? "" : missingCloud(process.env)]) {
      process.stderr.write(text === "" ? "" : `\n${text}\n`);
    }
  } finally {
    display.close();
    release();
  }
}

const UNEXPECTED = "error: --expect-no-changes was given, but there are changes. See the counts above.";

function hasChanges({ changes }: OperationResult): boolean {
  return Object.entries(changes).some(([op, count]) => count > 0 && !["same", "read", "refresh"].includes(op));
}

/** The step that a new user forgets first. */
function missingCloud(env: Readonly<Record<string, string | undefined>>): string {
  const isNamed = Object.entries(env).some(
    ([name, value]) => value && /^(ALIBABA_CLOUD|ALICLOUD|LIVE)_.*(ENDPOINT|KEY|PROFILE|URI|ROLE|METADATA)/.test(name),
  );
  return isNamed
    ? ""
    : "The environment sets no endpoint and no credentials. To use the emulated cloud, run `npx pulumi-alicloud-live sandbox serve` in another terminal, then set the variables that it prints.";
}
