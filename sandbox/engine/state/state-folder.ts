import { existsSync, mkdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EngineError } from "../errors";

/** Creates the folder of the default state file, and has Git ignore it: state and key must not be shared. */
export function makeStateFolder(stateFile: string): void {
  const folder = dirname(stateFile);
  if (existsSync(folder)) {
    return;
  }
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".gitignore"), "*\n");
  } catch (error) {
    // Otherwise the next run would find the folder, and would not have Git ignore it.
    rmSync(join(folder, ".gitignore"), { force: true });
    throw new EngineError(
      `Could not create the folder ${folder}: ${(error as Error).message}. Nothing was done. Make sure that the project's folder is writable, or choose another file with --state.`,
    );
  }
}

/** The real path of a state file, and its passphrase file. */
export interface StatePlace {
  file: string;
  keyFile: string;
}

/**
 * Follows symbolic links to files and folders, including links to files that do not exist yet. So state, lock and passphrase belong
 * to the real file, whichever path leads to it.
 */
export function placeOf(path: string): StatePlace {
  const given = resolve(path);
  const file = follow(given, 0);
  const keyFile = `${file}.key`;
  // A user who moved a state and left a link may have left the key beside the link.
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

/** Returns `undefined` if the file does not exist or is not a link. */
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
  return new EngineError(
    `Could not resolve the state's path ${path}: ${why}. Nothing was done. Choose another file with --state.`,
  );
}
