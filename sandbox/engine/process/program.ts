import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSecret, unwrap, type Values } from "../wire/values";
import { tellingArgs } from "./print-loop";
import { type Child, dieTogether, onLines, resolvePulumi, startNode } from "./processes";
import type { Project } from "./project";

export interface ProgramOptions {
  project: Project;
  stack: string;
  engineAddress: string;
  isPreview: boolean;
  parallel: number;
  env: Record<string, string | undefined>;
  /** Called for every line that it prints. */
  onLine(text: string): void;
}

/** The runner's exit code after it has reported a failure itself. */
export const FAILED_AND_SAID_SO = 32;

/** Runs the program in Pulumi's unmodified program runner. */
export function startProgram(options: ProgramOptions): Child {
  const { project, stack, engineAddress, env } = options;
  const args = [
    ...tellingArgs(),
    ...project.nodeArgs,
    resolvePulumi("cmd/run", project.programDirectory),
    ...["--monitor", engineAddress, "--engine", engineAddress],
    ...["--organization", "organization", "--project", project.name, "--stack", stack],
    ...["--root-directory", project.rootDirectory, "--pwd", project.programDirectory],
    ...(options.isPreview ? ["--dry-run"] : []),
    ...["--parallel", String(options.parallel), project.entryPoint],
  ];
  const child = startNode(args, project.programDirectory, {
    ...env,
    ...(project.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(project.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: project.tsconfig }),
    PULUMI_CONFIG: JSON.stringify(unwrap(configOf(project.config))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(
      Object.keys(project.config).filter((key) => isSecret(project.config[key])),
    ),
  });
  dieTogether(child);
  onLines(child.process.stdout, options.onLine);
  onLines(child.process.stderr, options.onLine);
  return child;
}

/**
 * Pulumi's runner looks for package.json in the parent folders too. In a folder without one it may therefore run another package's
 * program, which declares nothing and succeeds.
 *
 * @returns the folder of the package that was run instead
 */
export function strangePackage({ programDirectory, entryPoint }: Project): string | undefined {
  if (entryPoint !== "." || existsSync(join(programDirectory, "package.json"))) {
    return undefined;
  }
  for (let folder = dirname(programDirectory); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) {
      return folder;
    }
  }
  return undefined;
}

/** Configuration with the keys that the runner expects: `<namespace>:config:<name>`. */
function configOf(config: Values): Values {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const [namespace = "", ...name] = key.replace(":config:", ":").split(":");
      return [`${namespace}:config:${name.join(":")}`, value];
    }),
  );
}
