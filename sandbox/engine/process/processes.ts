import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EngineError } from "../errors";

export interface Child {
  process: ChildProcess;
  /** Resolves with the exit code when all output has been read; never rejects. */
  exited: Promise<number>;
  /** Why the process could not be started, once that is known. */
  readonly failure: Error | undefined;
  /** Ends the whole process group: SIGINT, then SIGKILL after `graceMs`. Repeated calls send SIGINT only once. */
  stop(graceMs?: number): Promise<void>;
}

/** Time for a process group to end after SIGINT, as in Pulumi's engine. */
const GRACE_MS = 5_000;

/** Time to wait for output after a process has ended. A process that it left behind may hold the pipe open forever. */
const OUTPUT_MS = 2_000;

const groups = new Set<number>();

export function startNode(args: string[], cwd: string, env: Record<string, string | undefined>): Child {
  return start(process.execPath, args, cwd, env);
}

/** Starts a process in a new process group, so that Ctrl-C on the terminal reaches only this one. */
export function start(file: string, args: string[], cwd: string, env: Record<string, string | undefined>): Child {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", "pipe"];
  const ownEnv = { ...env, no_grpc_proxy: withLoopback(env) };
  const child = spawn(file, args, { cwd, env: ownEnv, detached: true, stdio });
  watch(child);
  let failure: Error | undefined;
  const exited = new Promise<number>((resolve) => {
    child.once("close", (code) => resolve(code ?? 1));
    child.once("exit", (code) => {
      setTimeout(() => {
        for (const stream of child.stdio) {
          stream?.destroy();
        }
        resolve(code ?? 1);
      }, OUTPUT_MS).unref();
    });
    child.once("error", (error) => {
      failure = error;
      resolve(1);
    });
  });
  let killAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const stop = async (graceMs = GRACE_MS) => {
    if (timer === undefined) {
      signal(child.pid, "SIGINT");
    }
    killAt = Math.min(killAt, performance.now() + graceMs);
    clearTimeout(timer);
    timer = setTimeout(() => signal(child.pid, "SIGKILL"), killAt - performance.now());
    await exited;
    clearTimeout(timer);
  };
  return {
    process: child,
    exited,
    stop,
    get failure() {
      return failure;
    },
  };
}

/**
 * Excludes this machine from proxies for gRPC, because the processes of an operation talk only on loopback. Calls to the cloud still
 * use the proxy: only gRPC reads this variable, and reads `no_proxy` if it is not set.
 */
function withLoopback({ no_grpc_proxy, no_proxy }: Record<string, string | undefined>): string {
  return [no_grpc_proxy || no_proxy, "127.0.0.1", "localhost", "::1"].filter((each) => each).join(",");
}

/** Kills a process group when its leader ends, or when this process exits. */
function watch(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  const { pid } = child;
  if (groups.size === 0) {
    process.once("exit", killAll);
  }
  groups.add(pid);
  child.once("exit", () => {
    signal(pid, "SIGKILL");
    groups.delete(pid);
    if (groups.size === 0) {
      process.removeListener("exit", killAll);
    }
  });
}

/** Waits for the end of its input, to which nothing is ever written, and kills a process group. */
const GUARD = 'read -r _; kill -KILL "-$1"';

/**
 * Kills a process group if this process dies without running its exit handlers: by SIGKILL, or by an unhandled signal. A small
 * guard process does it: it holds one end of a pipe, which closes with this process. The guard has its own process group, so that
 * a signal to this one does not reach it.
 *
 * Only the program runner needs it, because a busy program notices nothing. The plugin must notice the death of its engine on its
 * own, because Pulumi's engine has no guard.
 */
export function dieTogether({ process: child }: Child): void {
  const { pid } = child;
  if (pid === undefined || process.platform === "win32") {
    return;
  }
  const guard = spawn("/bin/sh", ["-c", GUARD, "pulumi-alicloud-live guard", String(pid)], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // The program also runs without a guard.
  guard.once("error", () => {});
  // The guard must not outlive the group, because the system may reuse the group's id.
  child.once("exit", () => guard.kill("SIGKILL"));
}

function killAll(): void {
  for (const pid of groups) {
    signal(pid, "SIGKILL");
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}

/** The path of a file of the SDK that is installed for the program in this folder. */
export function resolvePulumi(part: string, programDirectory: string): string {
  const path = findPulumi(part, programDirectory);
  if (path === undefined) {
    throw new EngineError(
      `@pulumi/pulumi is not installed in ${programDirectory}. Nothing was done. Run \`npm install\` there.`,
    );
  }
  return path;
}

/** The same, or `undefined` if the SDK is not installed. */
export function findPulumi(part: string, programDirectory: string): string | undefined {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(`@pulumi/pulumi/${part}`);
  } catch {
    return undefined;
  }
}

/** Calls `line` for each line of a stream. */
export function onLines(stream: NodeJS.ReadableStream | null | undefined, line: (text: string) => void): void {
  // A process that could not be started has no streams.
  if (stream) {
    createInterface({ input: stream }).on("line", line);
  }
}
