import type { Readable } from "node:stream";
import { type Child, onLines } from "./processes";

/** How long the runner has for the printing of an error, which takes milliseconds. */
export const PATIENCE_SECONDS = 10;
/** Where the runner writes the message of an uncaught error, beside stdin, stdout and stderr. */
const CHANNEL = 3;

/**
 * Tells of an uncaught error before Pulumi's runner prints it. Not in processes that the program forks with the same options:
 * there the channel is something else.
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

/** Whether this Node loops for minutes while it prints an error with paths such as those of Pulumi's files. */
export function canLoop(node: string): boolean {
  return Number(/\d+/.exec(node)?.[0]) < 22;
}

/** What has the runner tell of uncaught errors. Written with `=`: an option with a space keeps the SDK from its ESM mode. */
export function tellingArgs(node = process.version): string[] {
  return canLoop(node) ? [`--import=data:text/javascript,${encodeURIComponent(TELL)}`] : [];
}

/**
 * Watches for a runner that has met an uncaught error and neither reports it nor ends. Load alone says nothing: a slow program
 * loads its processor too, but tells of no error. Counts seconds instead of comparing times, so that a paused engine accuses
 * nobody.
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

/** What to tell the user of it. */
export function loopText(message: string, node = process.version): string {
  return `The program failed with an uncaught error: ${message}. Node ${node} loops while it prints this error, so the program was ended. What was done is in the state. Mend the program, then run the command again. Node 22 or newer prints the error in full.`;
}
