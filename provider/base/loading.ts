import { Failure } from "./errors";
import { propertiesOf } from "./objects";
import { redact } from "./redact";

/**
 * Loads a dependency when it is first needed, before any request. The bootstrap in the state explains only a missing package, so
 * a dependency that cannot be loaded is explained here: none is imported at the top of a file.
 *
 * @example const { z } = load("zod", () => require("zod") as typeof import("zod"));
 */
export function load<T>(name: string, requireIt: () => T): T {
  try {
    return requireIt();
  } catch (error) {
    if (error instanceof Failure) {
      throw error;
    }
    throw new Failure(
      `pulumi-alicloud-live cannot load its dependency ${name} on Node ${process.version} (${reasonOf(error)}). Nothing was sent, and the state is unchanged: its sessions may run and cost money. ${adviceFor(error)} Then run the same Pulumi command again.`,
      "installation",
    );
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = propertiesOf(error);
  return redact(code ?? String(message ?? error).split("\n", 1)[0]).slice(0, 200);
}

function adviceFor(error: unknown): string {
  if (["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(String(propertiesOf(error).code))) {
    return `Run \`npm install\` in ${process.cwd()} (or the same of your package manager); if that does not help, delete \`node_modules\` first.`;
  }
  return `Use Node 22 or newer (minimum: 20.19), without \`--no-experimental-require-module\` in NODE_OPTIONS, and run \`npm install\` in ${process.cwd()} with that Node.`;
}
