import { Command, Option } from "commander";

/** Options of the Pulumi CLI that ask for what the sandbox always does: it never asks and shows every step in full. */
const ACCEPTED: readonly string[] = [
  ...["-y, --yes", "-f, --skip-preview", "--non-interactive", "--skip-pending-creates"],
  ...["--diff", "--show-full-output", "--show-reads", "--show-replacement-steps", "-e, --emoji", "-d, --debug"],
  ...["--suppress-permalink", "-m, --message <text>", "--skip-config-validation", "--skip-plugin-pre-install"],
  ...["-v, --verbose <level>", "--logtostderr", "--logflow", "-Q, --fully-qualify-stack-names"],
];

const PULUMI = "Use the Pulumi CLI instead.";
const WHOLE_STACK = `The sandbox always works on the whole stack. ${PULUMI}`;
const CONFIG = "The sandbox only reads Pulumi.<stack>.yaml. Edit that file to set a value.";
const PLANS = `The sandbox has no update plans. Run \`sandbox preview\`, then \`sandbox up\`. ${PULUMI}`;
const POLICIES = `The sandbox runs no policies. ${PULUMI}`;

/** Options of the Pulumi CLI that the sandbox does not have, with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  "-t, --target [urn]": WHOLE_STACK,
  "--target-dependents": WHOLE_STACK,
  "--target-replace [urn]": WHOLE_STACK,
  "-x, --exclude [urn]": WHOLE_STACK,
  "--exclude-dependents": WHOLE_STACK,
  "--exclude-protected": WHOLE_STACK,
  "--replace [urn]": `The sandbox replaces a resource only if the change to the program requires it. ${PULUMI}`,
  "--continue-on-error": `After an error, the sandbox finishes the running steps and stops. Run the command again to continue. ${PULUMI}`,
  "--ignore-protect": "Remove `protect` from the program, then run `sandbox up`.",
  "--run-program": `The sandbox uses the configuration that the last \`up\` saved. Run \`sandbox up\` first, or set new credentials in the environment. ${PULUMI}`,
  "--plan [file]": PLANS,
  "--save-plan [file]": PLANS,
  "--strict": PLANS,
  "--import-file [file]": "Dynamic resources cannot be imported. Use the resource's `adopt` argument.",
  "--import-pending-creates [urn]":
    "Set the resource's `adopt` argument to take over the session, then run `sandbox refresh --clear-pending-creates`.",
  "--preview-only": "Run `sandbox preview --refresh`. It writes nothing.",
  "--remove": "Run `sandbox destroy`, then delete the state file. `sandbox stack ls` shows its path.",
  "-c, --config [key=value]": CONFIG,
  "--config-path": CONFIG,
  "--config-file [file]": CONFIG,
  "--show-config": "See the file Pulumi.<stack>.yaml.",
  "--secrets-provider [type]": `The sandbox supports only a passphrase, in PULUMI_CONFIG_PASSPHRASE. ${PULUMI}`,
  "--policy-pack [path]": POLICIES,
  "--policy-pack-config [path]": POLICIES,
  "--show-policy-remediations": POLICIES,
  "--show-sames": "The summary counts unchanged resources, and `--json` lists them.",
  "--urns": "`--json` lists the URN of each resource.",
  "--attach-debugger [program]": "Set NODE_OPTIONS=--inspect-brk for the sandbox. The program inherits it.",
  "--override-env [env]": `The sandbox has no Pulumi environments. ${PULUMI}`,
  "--neo": PULUMI,
  "--tracing [endpoint]": PULUMI,
  "--otel-traces [endpoint]": PULUMI,
  "--profiling [prefix]": PULUMI,
  "--memprofilerate [rate]": PULUMI,
  "--disable-integrity-checking": PULUMI,
};

/** Commands of the Pulumi CLI that the sandbox does not have, with what to do instead. */
const REFUSED_COMMANDS: Readonly<Record<string, string>> = {
  new: "Write a Pulumi.yaml and a program, or copy a folder of the package's `examples`.",
  config: `${CONFIG} Or use \`pulumi config set\` of the Pulumi CLI.`,
  cancel:
    "A sandbox operation holds its lock only while its process runs. Stop that process with Ctrl-C or `kill -INT`, then run the next command: it takes over the lock.",
  import: "Dynamic resources cannot be imported. Use the resource's `adopt` argument.",
  state: "Run `sandbox export`, change the state with the Pulumi CLI (`stack import`, `state`, `stack export`).",
  login: "The sandbox keeps its state in a file and needs no login. Run `sandbox up`.",
  logout: "The sandbox keeps its state in a file and needs no login.",
  whoami: "The sandbox keeps its state in a file and needs no login.",
  install: "Run `npm install` in the program's folder.",
  watch: "Run `sandbox up` again after a change.",
  logs: "Read the output of `sandbox up`. The sandbox keeps no other logs.",
  ...Object.fromEntries(
    ["console", "env", "org", "project", "policy", "plugin", "schema", "package", "convert", "about", "deployment"].map(
      (name) => [name, PULUMI],
    ),
  ),
};

/** The same for subcommands of `pulumi stack`. */
export const STACK_COMMANDS: Readonly<Record<string, string>> = {
  init: "A stack needs no init. `sandbox up --stack <name>` starts an empty stack.",
  select: "Pass `--stack <name>` to every command.",
  new: "A stack needs no init. `sandbox up --stack <name>` starts an empty stack.",
  remove: "Run `sandbox destroy`, then delete the state file. `sandbox stack ls` shows its path.",
  rm: "Run `sandbox destroy`, then delete the state file. `sandbox stack ls` shows its path.",
  import: "Pass the file that `pulumi stack export` wrote: `sandbox up --state <file>`.",
  rename: "Run `sandbox export`, then rename the stack with the Pulumi CLI.",
  graph: PULUMI,
  history: PULUMI,
  tag: PULUMI,
  "change-secrets-provider": PULUMI,
  unselect: "The sandbox selects no stack. Pass `--stack <name>` to every command.",
};

/** Makes a command accept the other options of the Pulumi CLI, or answer them with what to use instead. */
export function withHabits(command: Command): Command {
  for (const flags of ACCEPTED) {
    addHidden(command, flags);
  }
  for (const [flags, answer] of Object.entries(REFUSED)) {
    const option = addHidden(command, flags);
    option?.argParser(() => refuse(command, option, answer));
    command.on(`option:${option?.name()}`, () => option && refuse(command, option, answer));
  }
  return command;
}

/** Adds an option, except for flags that the command already has. */
function addHidden(command: Command, flags: string): Option | undefined {
  const wanted = new Option(flags);
  const has = (flag: string | undefined) =>
    flag !== undefined && command.options.some(({ long, short }) => flag === long || flag === short);
  if (has(wanted.long)) {
    return undefined;
  }
  const option = has(wanted.short) ? new Option(flags.replace(/^-\w, /, "")) : wanted;
  command.addOption(option.hideHelp());
  return option;
}

function refuse(command: Command, option: Option, answer: string): never {
  const name = option.long ?? option.flags;
  return command.error(`error: The sandbox has no \`${name}\`. Nothing was done. ${answer}`, {
    code: "sandbox.refused",
    exitCode: 2,
  });
}

/** Builds commands that only say what to use instead. */
export function refusedCommands(answers: Readonly<Record<string, string>> = REFUSED_COMMANDS): Command[] {
  return Object.entries(answers).map(([name, answer]) => {
    const command = new Command(name).allowUnknownOption().allowExcessArguments().helpOption(false);
    return command.action(() =>
      command.error(`error: The sandbox has no \`${name}\`. Nothing was done. ${answer}`, {
        code: "sandbox.refused",
        exitCode: 2,
      }),
    );
  });
}

/**
 * Pulumi's boolean options may have a value: `--yes=true` and `-y=true` are `--yes`, `-r=false` is no option. Commander accepts
 * no such values.
 */
export function withoutBooleans(args: readonly string[], root: Command): string[] {
  const flags = new Set(allOptions(root).flatMap((option) => (option.isBoolean() ? [option.long, option.short] : [])));
  return args.flatMap((arg) => {
    const [, flag, value = ""] = /^(--[a-z-]+|-[A-Za-z])=(true|false|t|f|1|0)$/i.exec(arg) ?? [];
    return flag === undefined || !flags.has(flag) ? [arg] : /^[t1]/i.test(value) ? [flag] : [];
  });
}

function allOptions(command: Command): Option[] {
  return [...command.options, ...command.commands.flatMap(allOptions)];
}
