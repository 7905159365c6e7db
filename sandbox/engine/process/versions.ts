import { readFileSync } from "node:fs";
import { EngineError } from "../errors";
import { findPulumi } from "./processes";

interface Manifest {
  version: string;
  engines?: { node?: string };
}

/** The oldest supported SDK. The engine supports all later ones with the same major version. */
export const OLDEST_SDK = "3.216.0";

/** Refuses an SDK that the engine does not support, or that does not support this version of Node. */
export function requireSupportedSdk(programDirectory: string): void {
  const path = findPulumi("package.json", programDirectory);
  // If it is not installed, the error comes when it is needed: a stack without resources can be destroyed without it.
  if (path !== undefined) {
    const problem = sdkProblem(JSON.parse(readFileSync(path, "utf8")) as Manifest, process.version);
    if (problem !== undefined) {
      throw new EngineError(problem);
    }
  }
}

/** The error for a pair of SDK and Node that do not work together, if they do not. */
export function sdkProblem({ version, engines }: Manifest, node: string): string | undefined {
  const [major = 0, minor = 0] = numbersOf(version);
  const [oldestMajor = 0, oldestMinor = 0] = numbersOf(OLDEST_SDK);
  if (major !== oldestMajor || minor < oldestMinor) {
    return `The sandbox supports @pulumi/pulumi ${OLDEST_SDK} to ${oldestMajor}.x, but ${version} is installed. Nothing was done. Run \`npm install @pulumi/pulumi@${oldestMajor}\`.`;
  }
  const needed = /^>=\s*v?(\d+)/.exec(engines?.node ?? "")?.[1];
  if (needed !== undefined && (numbersOf(node)[0] ?? 0) < Number(needed)) {
    return `@pulumi/pulumi ${version} needs Node ${needed} or newer, but this is Node ${node}. Nothing was done. Use Node ${needed} or newer. The last SDK for Node 20 is 3.248.0.`;
  }
  return undefined;
}

function numbersOf(version: string): number[] {
  return version.replace(/^v/, "").split(".").map(Number.parseFloat);
}
