import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { EngineError } from "./errors";

export interface Child {
  process: ChildProcess;
  /** Settles with the exit code; never rejects. */
  exited: Promise<number>;
  /** Ends the whole process group: first asks, then insists. */
  stop(): Promise<void>;
  kill(): void;
}

/** How long a process group has to end after it was asked to, as with Pulumi's own engine. */
const GRACE_MS = 5_000;

/** Starts Node in a process group of its own, so that a Ctrl-C on the terminal reaches only this process. */
export function startNode(args: string[], cwd: string, env: Record<string, string | undefined>): Child {
  const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
    child.once("error", () => resolve(1));
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid as number), name);
    } catch {
      // It is gone already.
    }
  };
  return {
    process: child,
    exited,
    kill: () => signal("SIGKILL"),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        return;
      }
      signal("SIGINT");
      const timer = setTimeout(() => signal("SIGKILL"), GRACE_MS);
      await exited;
      clearTimeout(timer);
      signal("SIGKILL");
    },
  };
}

/** Pulumi's own program for a purpose, as installed for the program in this folder. */
export function resolvePulumi(part: string, programDirectory: string): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(`@pulumi/pulumi/${part}`);
  } catch {
    throw new EngineError(
      `@pulumi/pulumi is not installed in ${programDirectory}. Nothing was done. Run \`npm install\` there.`,
    );
  }
}

/** Calls back for each line that a stream brings. */
export function onLines(stream: NodeJS.ReadableStream | null, line: (text: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(line);
  });
  stream?.on("end", () => {
    if (rest !== "") {
      line(rest);
    }
  });
}
