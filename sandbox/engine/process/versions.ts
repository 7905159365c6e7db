import { readFileSync } from "node:fs";
import { EngineError } from "../errors";
import { findPulumi } from "./processes";

interface Manifest {
  version: string;
  engines?: { node?: string };
}

/** The SDKs that this engine speaks with: from this one up to the next major version. */
export const OLDEST_SDK = "3.216.0";

/** Refuses an SDK that this engine does not speak with, and one that rules out the Node that runs it. */
export function requireSupportedSdk(programDirectory: string): void {
  const path = findPulumi("package.json", programDirectory);
  // Where it is not installed, that is said when it is needed: a stack without resources is destroyed without it.
  if (path !== undefined) {
    const problem = sdkProblem(JSON.parse(readFileSync(path, "utf8")) as Manifest, process.version);
    if (problem !== undefined) {
      throw new EngineError(problem);
    }
  }
}

/** What to tell the user of a pair that does not go together, if so. */
export function sdkProblem({ version, engines }: Manifest, node: string): string | undefined {
  const [major = 0, minor = 0] = numbersOf(version);
  const [oldestMajor = 0, oldestMinor = 0] = numbersOf(OLDEST_SDK);
  if (major !== oldestMajor || minor < oldestMinor) {
    return `The sandbox works with @pulumi/pulumi ${OLDEST_SDK} to ${oldestMajor}.x, and ${version} is installed. Nothing was done. Run \`npm install @pulumi/pulumi@${oldestMajor}\`.`;
  }
  const needed = /^>=\s*v?(\d+)/.exec(engines?.node ?? "")?.[1];
  if (needed !== undefined && (numbersOf(node)[0] ?? 0) < Number(needed)) {
    return `@pulumi/pulumi ${version} needs Node ${needed} or newer, and this is Node ${node}. Nothing was done. Use Node ${needed} or newer; the last SDK for Node 20 is 3.248.0.`;
  }
  return undefined;
}

function numbersOf(version: string): number[] {
  return version.replace(/^v/, "").split(".").map(Number.parseFloat);
}
