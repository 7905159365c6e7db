import { Command, Option } from "commander";

/** Options of the Pulumi CLI under which the sandbox does what it does anyway: it never asks, shows all of a step, and keeps nothing back. */
const TAKEN: readonly string[] = [
  ...["-y, --yes", "-f, --skip-preview", "--non-interactive", "--skip-pending-creates"],
  ...["--diff", "--show-full-output", "--show-reads", "--show-replacement-steps", "-e, --emoji", "-d, --debug"],
  ...["--suppress-permalink", "-m, --message <text>", "--skip-config-validation", "--skip-plugin-pre-install"],
  ...["-v, --verbose <level>", "--logtostderr", "--logflow", "-Q, --fully-qualify-stack-names"],
];

const PULUMI = "Use the Pulumi CLI for it.";
const WHOLE_STACK = `The sandbox always works on the whole stack. ${PULUMI}`;
const CONFIG = "The sandbox reads Pulumi.<stack>.yaml and does not write it. Put the value there.";
const PLANS = `The sandbox has no update plans. Run \`sandbox preview\`, then \`sandbox up\`. ${PULUMI}`;
const POLICIES = `The sandbox runs no policies. ${PULUMI}`;

/** Options of the Pulumi CLI that the sandbox has not, with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  "-t, --target [urn]": WHOLE_STACK,
  "--target-dependents": WHOLE_STACK,
  "--target-replace [urn]": WHOLE_STACK,
  "-x, --exclude [urn]": WHOLE_STACK,
  "--exclude-dependents": WHOLE_STACK,
  "--exclude-protected": WHOLE_STACK,
  "--replace [urn]": `The sandbox replaces only what the program's change asks for. ${PULUMI}`,
  "--continue-on-error": `The sandbox ends what is under way and stops after an error. Run the command again. ${PULUMI}`,
  "--ignore-protect": "Remove `protect` from the program and run `sandbox up` first.",
  "--run-program": `The sandbox uses the configuration that the last \`up\` saved. Run \`sandbox up\` first, or put new credentials into the environment. ${PULUMI}`,
  "--plan [file]": PLANS,
  "--save-plan [file]": PLANS,
  "--strict": PLANS,
  "--import-file [file]": "Dynamic resources cannot be imported. Use the resource's `adopt` argument.",
  "--import-pending-creates [urn]":
    "Take the session over with the resource's `adopt` argument, then run `sandbox refresh --clear-pending-creates`.",
  "--preview-only": "Run `sandbox preview --refresh`, which writes nothing.",
  "--remove": "Run `sandbox destroy`, then delete the state file, which `sandbox stack ls` names.",
  "-c, --config [key=value]": CONFIG,
  "--config-path": CONFIG,
  "--config-file [file]": CONFIG,
  "--show-config": "The configuration stands in Pulumi.<stack>.yaml.",
  "--secrets-provider [type]": `The sandbox knows only passphrases, in PULUMI_CONFIG_PASSPHRASE. ${PULUMI}`,
  "--policy-pack [path]": POLICIES,
  "--policy-pack-config [path]": POLICIES,
  "--show-policy-remediations": POLICIES,
  "--show-sames": "The count of unchanged resources stands at the end; `--json` names each.",
  "--urns": "`--json` tells the URN of each resource.",
  "--attach-debugger [program]": "Run the sandbox with NODE_OPTIONS=--inspect-brk, which the program inherits.",
  "--override-env [env]": `The sandbox has no Pulumi environments. ${PULUMI}`,
  "--neo": PULUMI,
  "--tracing [endpoint]": PULUMI,
  "--otel-traces [endpoint]": PULUMI,
  "--profiling [prefix]": PULUMI,
  "--memprofilerate [rate]": PULUMI,
  "--disable-integrity-checking": PULUMI,
};

/** Commands of the Pulumi CLI that the sandbox has not, with what to do instead. */
const REFUSED_COMMANDS: Readonly<Record<string, string>> = {
  new: "Write a Pulumi.yaml and a program, or copy a folder of the package's `examples`.",
  config: `${CONFIG} With the Pulumi CLI, \`pulumi config set\` writes it.`,
  cancel:
    "The lock of a sandbox operation ends with its process. Stop that process; the next command takes the lock over.",
  import: "Dynamic resources cannot be imported. Use the resource's `adopt` argument.",
  state: "Run `sandbox export`, change the file with the Pulumi CLI's `stack import` and `state`, and export it back.",
  login: "The sandbox keeps its state in a file and needs no login. Go on with `sandbox up`.",
  logout: "The sandbox keeps its state in a file and needs no login.",
  whoami: "The sandbox keeps its state in a file and needs no login.",
  install: "Run `npm install` in the program's folder.",
  watch: "Run `sandbox up` again after a change.",
  logs: "The output of `sandbox up` is all there is.",
  ...Object.fromEntries(
    [
      ...[
        "console",
        "env",
        "org",
        "project",
        "policy",
        "plugin",
        "schema",
        "package",
        "convert",
        "about",
        "deployment",
      ],
    ].map((name) => [name, PULUMI]),
  ),
};

export const STACK_COMMANDS: Readonly<Record<string, string>> = {
  init: "A stack needs no init: `sandbox up --stack <name>` starts it empty.",
  select: "Give every command `--stack <name>`.",
  new: "A stack needs no init: `sandbox up --stack <name>` starts it empty.",
  remove: "Run `sandbox destroy`, then delete the state file, which `sandbox stack ls` names.",
  rm: "Run `sandbox destroy`, then delete the state file, which `sandbox stack ls` names.",
  import: "Give the file that `pulumi stack export` wrote to `sandbox up --state <file>`.",
  rename: `Export the stack, and rename it with the Pulumi CLI.`,
  graph: PULUMI,
  history: PULUMI,
  tag: PULUMI,
  "change-secrets-provider": PULUMI,
  unselect: "The sandbox selects no stack: give every command `--stack <name>`.",
};

/** Lets a command take Pulumi's options that it has not itself, or tell what to use instead. */
export function withHabits(command: Command): Command {
  for (const flags of TAKEN) {
    addHidden(command, flags);
  }
  for (const [flags, answer] of Object.entries(REFUSED)) {
    const option = addHidden(command, flags);
    option?.argParser(() => refuse(command, option, answer));
    command.on(`option:${option?.name()}`, () => option && refuse(command, option, answer));
  }
  return command;
}

/** Only to what a command does not already mean by a flag. */
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
  return command.error(`error: the sandbox has no \`${name}\`. Nothing was done. ${answer}`, {
    code: "sandbox.refused",
    exitCode: 2,
  });
}

/** Commands that only say what to use instead. */
export function refusedCommands(answers: Readonly<Record<string, string>> = REFUSED_COMMANDS): Command[] {
  return Object.entries(answers).map(([name, answer]) => {
    const command = new Command(name).allowUnknownOption().allowExcessArguments().helpOption(false);
    return command.action(() =>
      command.error(`error: the sandbox has no \`${name}\`. Nothing was done. ${answer}`, {
        code: "sandbox.refused",
        exitCode: 2,
      }),
    );
  });
}

/** Pulumi's boolean options may be followed by a value; `--yes=true` is `--yes`. */
export function withoutBooleans(args: readonly string[], root: Command): string[] {
  const flags = new Set(allOptions(root).flatMap((option) => (option.isBoolean() ? [option.long] : [])));
  return args.flatMap((arg) => {
    const [, flag, value] = /^(--[a-z-]+)=(true|false)$/.exec(arg) ?? [];
    return flag === undefined || !flags.has(flag) ? [arg] : value === "true" ? [flag] : [];
  });
}

function allOptions(command: Command): Option[] {
  return [...command.options, ...command.commands.flatMap(allOptions)];
}
