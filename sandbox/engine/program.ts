import { type Child, onLines, resolvePulumi, startNode } from "./processes";
import type { Project } from "./project";
import { isSecret, unwrap, type Values } from "./values";

export interface ProgramOptions {
  project: Project;
  stack: string;
  rootDirectory: string;
  engineAddress: string;
  dryRun: boolean;
  parallel: number;
  env: Record<string, string | undefined>;
  /** Told of everything that it prints. */
  onLine(text: string): void;
}

/** Runs the program in Pulumi's unmodified program runner. */
export function startProgram(options: ProgramOptions): Child {
  const { project, stack, engineAddress, env } = options;
  const main = resolvePulumi("cmd/run", project.programDirectory);
  const args = [
    ...project.nodeArgs,
    main,
    ...["--monitor", engineAddress, "--engine", engineAddress],
    ...["--organization", "organization", "--project", project.name, "--stack", stack],
    ...["--root-directory", options.rootDirectory, "--pwd", project.programDirectory],
    ...(options.dryRun ? ["--dry-run"] : []),
    ...["--parallel", String(options.parallel), project.entryPoint],
  ];
  const child = startNode(args, project.programDirectory, {
    ...env,
    ...(project.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    PULUMI_CONFIG: JSON.stringify(unwrap(project.config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys(project.config)),
  });
  onLines(child.process.stdout, (text) => options.onLine(text));
  onLines(child.process.stderr, (text) => options.onLine(text));
  return child;
}

function secretKeys(config: Values): string[] {
  return Object.keys(config).filter((key) => isSecret(config[key]));
}
