import { existsSync, mkdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EngineError } from "../errors";

/** Makes the folder of that file. State and key belong to nobody else, so Git is told to leave the folder alone. */
export function makeStateFolder(stateFile: string): void {
  const folder = dirname(stateFile);
  if (existsSync(folder)) {
    return;
  }
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".gitignore"), "*\n");
  } catch (error) {
    // A folder without that file would not be kept from Git the next time.
    rmSync(join(folder, ".gitignore"), { force: true });
    throw new EngineError(`The folder ${folder} cannot be made: ${(error as Error).message}. Nothing was done.`);
  }
}

/** The file that a state's path leads to, and the file of its passphrase. */
export interface StatePlace {
  file: string;
  keyFile: string;
}

/**
 * Follows symbolic links, to files and folders, also to what is not there yet: state, lock and passphrase are those of the real
 * file, whichever way leads there.
 */
export function placeOf(path: string): StatePlace {
  const given = resolve(path);
  const file = follow(given, 0);
  const keyFile = `${file}.key`;
  // Whoever moved a state and left a link in its place may have left the key beside the link.
  return { file, keyFile: existsSync(keyFile) || !existsSync(`${given}.key`) ? keyFile : `${given}.key` };
}

const MOST_LINKS = 40;

function follow(path: string, links: number): string {
  const real = attempt(path, () => realpathSync.native(path));
  if (real !== undefined) {
    return real;
  }
  const parent = dirname(path);
  if (parent === path) {
    return path;
  }
  const target = attempt(path, () => readlinkSync(path));
  if (target === undefined) {
    return join(follow(parent, links), basename(path));
  }
  if (links === MOST_LINKS) {
    throw unusable(path, "too many symbolic links");
  }
  return follow(resolve(follow(parent, links), target), links + 1);
}

/** `undefined`: there is no such file, or it is no link. */
function attempt(path: string, body: () => string): string | undefined {
  try {
    return body();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EINVAL") {
      return undefined;
    }
    throw unusable(path, message);
  }
}

function unusable(path: string, why: string): EngineError {
  return new EngineError(`The state's path ${path} cannot be followed: ${why}. Nothing was done.`);
}
