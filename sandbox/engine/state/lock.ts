import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { EngineError } from "../errors";

interface Holder {
  pid: number;
  host: string;
  /** When the process started, on Linux. A process id alone may belong to another process by now. */
  started?: string | undefined;
}

/** The locks that this process holds. */
const held = new Set<string>();

/**
 * Lets only one operation at a time work on a state. Takes over the lock of a process that has ended, and reports that to
 * `onStale`.
 *
 * @returns the function that releases the lock; it is also released when this process exits
 */
export function lock(stateFile: string, onStale: (message: string) => void): () => void {
  const path = `${stateFile}.lock`;
  try {
    take(path, onStale);
  } catch (error) {
    throw error instanceof EngineError
      ? error
      : new EngineError(
          `Could not create the lock ${path}: ${(error as Error).message}. Nothing was done. Make sure that the state's folder is writable, then run the command again.`,
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
    // Written first and then linked, so that no reader sees half a lock.
    writeFileSync(own, JSON.stringify(self));
    for (;;) {
      if (claims(() => linkOrCreate(own, path, self), "EEXIST")) {
        return;
      }
      const holder = read(path);
      if (holder !== undefined && isAlive(holder, path)) {
        throw new EngineError(heldText(holder, path));
      }
      discard(path, holder, onStale);
    }
  } finally {
    remove(own);
  }
}

/** What to do depends on who holds the lock: a process of this machine can be stopped, one elsewhere cannot even be checked. */
function heldText({ pid, host, started }: Holder, path: string): string {
  const what = `Another operation is running on this stack: process ${pid} on ${host} holds the lock ${path}. Nothing was done.`;
  if (host !== hostname()) {
    return `${what} Wait until it ends, then run the command again. If no sandbox runs on ${host} any more, delete the lock file.`;
  }
  if (pid === process.pid) {
    return `${what} Wait until it ends: this process already runs one.`;
  }
  const doubt = started === undefined ? ` If process ${pid} is not a sandbox, delete the lock file.` : "";
  return `${what} Wait until it ends, or stop it with Ctrl-C or \`kill -INT ${pid}\`, then run the command again.${doubt}`;
}

/** Creates the lock on file systems without hard links too (FAT, some network shares). */
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

/** Removes a dead process's lock. If another operation has taken the lock meanwhile, puts that lock back. */
function discard(path: string, holder: Holder | undefined, onStale: (message: string) => void): void {
  const aside = `${path}.stale.${process.pid}`;
  if (!claims(() => renameSync(path, aside), "ENOENT")) {
    return;
  }
  const moved = read(aside);
  if (moved !== undefined && isAlive(moved, path)) {
    claims(() => linkSync(aside, path), "EEXIST");
  } else {
    onStale(`Took over the lock of process ${holder?.pid ?? "?"}, which ended without releasing it.`);
  }
  remove(aside);
}

/** Removes this process's lock. After a removal by hand, the file may be another operation's lock by now. */
function dropOwn(path: string): void {
  try {
    const holder = read(path);
    if (holder?.pid === process.pid && holder.host === hostname()) {
      remove(path);
    }
  } catch {
    // The file is unreadable. Once this process has ended, the next operation takes over the lock.
  }
}

/** A failure to remove a lock does no harm: the next operation sees that its process has ended. */
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

/** Returns `undefined` for a lock that is gone or malformed. Throws if it cannot be read: its holder is then unknown. */
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
    // In a container, each engine may have the same process id as the one before it.
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

/** A zombie: killed, but not reaped by its parent, as in containers without an init process. */
const ENDED = "ended";

/** On Linux, the boot id and the clock ticks since boot: setting the clock changes neither. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // The program's name, in parentheses, may contain any character.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? ENDED : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
