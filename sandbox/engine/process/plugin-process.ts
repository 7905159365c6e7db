import { join } from "node:path";
import { type Child, onLines, resolvePulumi, start, startNode } from "./processes";

/** The package of dynamic resources. */
export const DYNAMIC = "pulumi-nodejs";

export interface PluginOptions {
  programDirectory: string;
  engineAddress: string;
  env: Record<string, string | undefined>;
  project: string;
  /** The folders of other plugins than that of dynamic resources, by package. */
  plugins: Readonly<Record<string, string>>;
  /** Called for every line that it prints. */
  onLine(text: string): void;
}

/** Starts the plugin of a package. */
export function startPlugin(
  name: string,
  { programDirectory, engineAddress, env, project, plugins }: PluginOptions,
): Child {
  if (name !== DYNAMIC) {
    const suffix = process.platform === "win32" ? ".cmd" : "";
    return start(join(plugins[name] ?? "", `pulumi-resource-${name}${suffix}`), [engineAddress], programDirectory, env);
  }
  const main = resolvePulumi("cmd/dynamic-provider", programDirectory);
  return startNode([main, engineAddress], programDirectory, {
    ...env,
    PULUMI_PROJECT: project,
    PULUMI_NODEJS_PROJECT: project,
    PULUMI_CONFIG: "{}",
  });
}

/** Resolves with the first line that the plugin prints, its port, and passes on all others. */
export function portOf({ process: { stdout, stderr } }: Child, onLine: (text: string) => void): Promise<string> {
  onLines(stderr, onLine);
  return new Promise((resolve) => {
    let isFirst = true;
    onLines(stdout, (text) => {
      if (isFirst) {
        resolve(text.trim());
      } else {
        onLine(text);
      }
      isFirst = false;
    });
  });
}
