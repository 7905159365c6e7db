import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { findProjectFile } from "./project";

/** Where the state is kept unless something else is said: in the project's root folder, whichever of its folders is given. */
export function defaultStateFile(cwd: string, stack: string): string {
  return join(dirname(findProjectFile(resolve(cwd))), ".pulumi-sandbox", `${stack}.json`);
}

/** Makes the folder of that file. State and key belong to nobody else, so Git is told to leave the folder alone. */
export function makeStateFolder(stateFile: string): void {
  const folder = dirname(stateFile);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".gitignore"), "*\n");
  }
}
