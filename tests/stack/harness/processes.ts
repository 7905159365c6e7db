import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sep } from "node:path";
import { until } from "../../support/until";
import type { Environment, Running } from "./engine";

/** Starts an engine's command in a process group of its own, as a shell does on a terminal. */
export function startCommand(command: string, args: string[], cwd: string, env: Environment): Running {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  return {
    signal: (name) => {
      // A kill hits only the engine: what it started must notice by itself.
      process.kill(name === "SIGKILL" ? (child.pid as number) : -(child.pid as number), name);
    },
    // Plugins that outlive the engine hold its pipes open, so its exit counts, not their end.
    done: new Promise((resolve) => {
      child.once("error", (error) => resolve({ ok: false, log: error.message }));
      child.once("exit", (code) => setImmediate(() => resolve({ ok: code === 0, log: output() })));
    }),
  };
}

/** Runs a command to its end. */
export function runCommand(command: string, args: string[], cwd: string, env: Environment) {
  return new Promise<{ ok: boolean; stdout: string; log: string }>((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const output = collect(child);
    let stdout = "";
    child.stdout?.on("data", (text: string) => {
      stdout += text;
    });
    child.once("error", (error) => resolve({ ok: false, stdout, log: error.message }));
    child.once("close", (code) => resolve({ ok: code === 0, stdout, log: output() }));
  });
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

/** The processes that run in a folder; none where the system has no `/proc` to tell. */
export function processesIn(directory: string): { id: number; command: string }[] {
  const ids = existsSync("/proc/self/cwd") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return ids.flatMap((id) => {
    try {
      const cwd = readlinkSync(`/proc/${id}/cwd`);
      const isIn = cwd === directory || cwd.startsWith(directory + sep);
      const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
      return isIn ? [{ id: Number(id), command }] : [];
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
      return [];
    }
  });
}

/** Waits until no program runner and no plugin runs in a folder any more. */
export async function untilDeserted(directory: string): Promise<void> {
  // The CLI's language host is no concern of ours: it outlives a CLI that is killed.
  const left = () => processesIn(directory).filter(({ command }) => !command.includes("pulumi-language-nodejs"));
  await until("all processes of the stack have ended", () => left().length === 0, 20_000).catch((error: Error) => {
    throw new Error(`${error.message}; there still are ${left().map(({ command }) => command)}`);
  });
}

/** Ends what still runs in a folder of ours. */
export function endProcessesIn(directory: string): void {
  for (const { id } of processesIn(directory)) {
    process.kill(id, "SIGKILL");
  }
}
