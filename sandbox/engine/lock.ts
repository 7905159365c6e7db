import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { EngineError } from "./errors";

interface Holder {
  pid: number;
  host: string;
}

/**
 * Keeps two operations on one state apart. A lock whose process has died is taken over, which `onStale` is told.
 *
 * @returns what releases it
 */
export function lock(stateFile: string, onStale: (message: string) => void): () => void {
  const path = `${stateFile}.lock`;
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  try {
    for (;;) {
      if (claims(() => linkSync(own, path), "EEXIST")) {
        return () => rmSync(path, { force: true });
      }
      const holder = read(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new EngineError(
          `Another operation works on this stack: process ${holder.pid} on ${holder.host} holds ${path}. Nothing was done. Wait until it has ended. If that process has nothing to do with it, remove the file.`,
        );
      }
      discard(path, holder, onStale);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead process's lock away. Where somebody else did so meanwhile and holds the lock now, it is put back. */
function discard(path: string, holder: Holder | undefined, onStale: (message: string) => void): void {
  const aside = `${path}.stale.${process.pid}`;
  if (!claims(() => renameSync(path, aside), "ENOENT")) {
    return;
  }
  const moved = read(aside);
  if (moved !== undefined && isAlive(moved)) {
    claims(() => linkSync(aside, path), "EEXIST");
  } else {
    onStale(`The lock of process ${holder?.pid ?? "?"}, which has ended without releasing it, was taken over.`);
  }
  rmSync(aside, { force: true });
}

function claims(attempt: () => void, loss: string): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === loss) {
      return false;
    }
    throw error;
  }
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) {
    return true;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
