import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EngineError } from "../errors";

export interface Child {
  process: ChildProcess;
  /** Settles with the exit code when all output has been read; never rejects. */
  exited: Promise<number>;
  /** Why it could not be started, once that is known. */
  readonly failure: Error | undefined;
  /** Ends the whole process group: first asks, then insists. Asks once, however often it is called. */
  stop(graceMs?: number): Promise<void>;
}

/** How long a process group has to end after it was asked to, as with Pulumi's own engine. */
const GRACE_MS = 5_000;

/** How long output may be on its way after a process has ended. A process that it left behind may hold the pipe for ever. */
const OUTPUT_MS = 2_000;

const groups = new Set<number>();

/** Starts Node in a process group of its own, so that a Ctrl-C on the terminal reaches only this process. */
export function startNode(args: string[], cwd: string, env: Record<string, string | undefined>): Child {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", "pipe"];
  const ownEnv = { ...env, no_grpc_proxy: withLoopback(env) };
  const child = spawn(process.execPath, args, { cwd, env: ownEnv, detached: true, stdio });
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
 * gRPC between the processes of an operation never leaves this machine, so a proxy must not have it. The proxy stays for the calls
 * to the cloud: this variable is for gRPC alone, which otherwise takes `no_proxy`.
 */
function withLoopback({ no_grpc_proxy, no_proxy }: Record<string, string | undefined>): string {
  return [no_grpc_proxy || no_proxy, "127.0.0.1", "localhost", "::1"].filter((each) => each).join(",");
}

/** No process outlives its group's leader, nor this process, however that ends by itself. */
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

/** Waits until its input ends, which nothing is ever written to, and kills a process group. */
const GUARD = 'read -r _; kill -KILL "-$1"';

/**
 * Has a process group killed when this process dies in a way that it does not notice: by SIGKILL, or an unhandled signal. A
 * small process of its own does that, at whose end of a pipe the death shows. It is in a process group of its own, so that
 * what ends this one does not reach it.
 *
 * It is for the program runner, which a busy program keeps from noticing anything. Not for the plugin: that must notice by
 * itself in any case, since under Pulumi's own engine nobody else does it for it.
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
  // Without a guard a program runs as well.
  guard.once("error", () => {});
  // It must not outlive the group: its number may be given to another.
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
    // It is gone already.
  }
}

/** Pulumi's own program for a purpose, as installed for the program in this folder. */
export function resolvePulumi(part: string, programDirectory: string): string {
  const path = findPulumi(part, programDirectory);
  if (path === undefined) {
    throw new EngineError(
      `@pulumi/pulumi is not installed in ${programDirectory}. Nothing was done. Run \`npm install\` there.`,
    );
  }
  return path;
}

/** A file of the SDK, where it is installed for the program in this folder. */
export function findPulumi(part: string, programDirectory: string): string | undefined {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(`@pulumi/pulumi/${part}`);
  } catch {
    return undefined;
  }
}

/** Calls back for each line that a stream brings. */
export function onLines(stream: NodeJS.ReadableStream | null | undefined, line: (text: string) => void): void {
  // A process that could not be started has none.
  if (stream) {
    createInterface({ input: stream }).on("line", line);
  }
}
