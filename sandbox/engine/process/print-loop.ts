import type { Readable } from "node:stream";
import { type Child, onLines } from "./processes";

/** Time that the runner gets to print an error. Normally it takes milliseconds. */
export const PATIENCE_SECONDS = 10;
/** The file descriptor on which the runner reports an uncaught error, after stdin, stdout and stderr. */
const CHANNEL = 3;

/**
 * Reports an uncaught error before Pulumi's runner prints it. Processes that the program forks inherit these options, but there
 * the file descriptor is something else, so they report nothing.
 */
const TELL = `
import { writeSync } from "node:fs";
const tell = (error) => {
  try {
    writeSync(${CHANNEL}, JSON.stringify(String(error?.message ?? error).slice(0, 500)) + "\\n");
  } catch {}
};
if (process.ppid === ${process.pid}) {
  process.on("uncaughtExceptionMonitor", tell);
  process.on("unhandledRejection", tell);
}`;

/** Whether this version of Node loops for minutes while it prints an error with paths like those of Pulumi's files. */
export function canLoop(node: string): boolean {
  return Number(/\d+/.exec(node)?.[0]) < 22;
}

/** The arguments that make the runner report uncaught errors. With `=`, because an option with a space turns off the SDK's ESM mode. */
export function tellingArgs(node = process.version): string[] {
  return canLoop(node) ? [`--import=data:text/javascript,${encodeURIComponent(TELL)}`] : [];
}

/**
 * Detects a runner that has met an uncaught error and neither reports it nor ends. High load alone is no sign, because a slow
 * program causes it too. It counts seconds instead of comparing times, so that a paused engine reports nothing wrong.
 *
 * @param isReported whether an error has been reported in the meantime
 * @param onLoop is called once, with the error's message
 */
export function watchForLoop(child: Child, isReported: () => boolean, onLoop: (message: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearInterval(timer);
  const begin = (line: string) => {
    if (timer !== undefined) {
      return;
    }
    let seconds = 0;
    timer = setInterval(() => {
      seconds += 1;
      if (isReported()) {
        stop();
      } else if (seconds === PATIENCE_SECONDS) {
        stop();
        onLoop(JSON.parse(line) as string);
      }
    }, 1_000);
  };
  onLines((child.process.stdio[CHANNEL] as Readable | null | undefined) ?? null, begin);
  void child.exited.then(stop);
}

/** The error for the user. */
export function loopText(message: string, node = process.version): string {
  return `The program failed with an uncaught error: ${message}. Node ${node} loops while it prints this error, so the sandbox ended the program. The state records what was done. Fix the program, then run the command again. Node 22 or newer prints the whole error.`;
}
