import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { EngineError } from "../errors";

interface Holder {
  pid: number;
  host: string;
  /** When the process began, where the system tells: a process id is given to another process some day. */
  started?: string | undefined;
}

/** The locks that this process holds. */
const held = new Set<string>();

/**
 * Keeps two operations on one state apart. A lock whose process has died is taken over, which `onStale` is told.
 *
 * @returns what releases it; it is also released when this process ends in an orderly way
 */
export function lock(stateFile: string, onStale: (message: string) => void): () => void {
  const path = `${stateFile}.lock`;
  try {
    take(path, onStale);
  } catch (error) {
    throw error instanceof EngineError
      ? error
      : new EngineError(
          `The lock ${path} cannot be made: ${(error as Error).message}. Nothing was done. Make sure that the folder of the state can be written to, then run the command again.`,
        );
  }
  held.add(path);
  const release = () => {
    process.removeListener("exit", release);
    if (held.delete(path)) {
      dropOwn(path);
    }
  };
  process.once("exit", release);
  return release;
}

function take(path: string, onStale: (message: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  const self: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  try {
    // Written first and then linked: nobody ever sees half a lock.
    writeFileSync(own, JSON.stringify(self));
    for (;;) {
      if (claims(() => linkOrCreate(own, path, self), "EEXIST")) {
        return;
      }
      const holder = read(path);
      if (holder !== undefined && isAlive(holder, path)) {
        throw new EngineError(
          `Another operation works on this stack: process ${holder.pid} on ${holder.host} holds ${path}. Nothing was done. Wait until it has ended. If that process has nothing to do with it, remove the file.`,
        );
      }
      discard(path, holder, onStale);
    }
  } finally {
    remove(own);
  }
}

/** Some file systems (FAT, some network shares) have no hard links. */
function linkOrCreate(own: string, path: string, self: Holder): void {
  try {
    linkSync(own, path);
  } catch (error) {
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error))) {
      throw error;
    }
    writeFileSync(path, JSON.stringify(self), { flag: "wx" });
  }
}

/** Moves a dead process's lock away. Where somebody else did so meanwhile and holds the lock now, it is put back. */
function discard(path: string, holder: Holder | undefined, onStale: (message: string) => void): void {
  const aside = `${path}.stale.${process.pid}`;
  if (!claims(() => renameSync(path, aside), "ENOENT")) {
    return;
  }
  const moved = read(aside);
  if (moved !== undefined && isAlive(moved, path)) {
    claims(() => linkSync(aside, path), "EEXIST");
  } else {
    onStale(`The lock of process ${holder?.pid ?? "?"}, which has ended without releasing it, was taken over.`);
  }
  remove(aside);
}

/** A lock that somebody removed by hand may be another operation's by now. */
function dropOwn(path: string): void {
  try {
    const holder = read(path);
    if (holder?.pid === process.pid && holder.host === hostname()) {
      remove(path);
    }
  } catch {
    // It cannot even be read any more. Once this process has ended, anybody may take it over.
  }
}

/** A file that cannot be removed does no harm: the next operation sees that its process has ended. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function claims(attempt: () => void, loss: string): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (codeOf(error) === loss) {
      return false;
    }
    throw error;
  }
}

/** `undefined` for a lock that is gone, or says nothing. One that cannot be read may be anybody's. */
function read(path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof holder === "object" && holder !== null && "pid" in holder && typeof holder.pid === "number"
      ? (holder as Holder)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

function isAlive({ pid, host, started }: Holder, path: string): boolean {
  if (host !== hostname()) {
    return true;
  }
  if (pid === process.pid) {
    // In a container, each engine may have the same id as the one before it.
    return held.has(path);
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== "EPERM") {
      return false;
    }
  }
  const now = startOf(pid);
  return now === undefined || (now !== ENDED && (started === undefined || started === now));
}

/** Killed, but its parent has not asked for its exit code yet, as happens in containers without an init process. */
const ENDED = "ended";

/** On Linux: the boot, and the clock ticks since then. Neither follows a clock that is set. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // The name of the program, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? ENDED : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
