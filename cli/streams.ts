/** Told of output that could not be written. */
type OnBroken = () => void;

const listeners: OnBroken[] = [];
let isBroken = false;

/**
 * Keeps output that cannot be written from ending the process in the middle of its work: a reader that is gone (`| head -1`), a
 * full disk under a log file. Then the exit code is not 0.
 */
export function surviveBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!isBroken) {
        isBroken = true;
        // A reader that is gone has seen enough. Anything else is news.
        if (error.code !== "EPIPE" && stream === process.stdout) {
          process.stderr.write(`error: The output could not be written: ${error.message}.\n`);
        }
        for (const listener of listeners) {
          listener();
        }
      }
    });
  }
  process.on("exit", () => {
    if (isBroken && !process.exitCode) {
      process.exitCode = 1;
    }
  });
}

/** Has an operation stop in order when nobody can see any more what it does. */
export function onBrokenOutput(listener: OnBroken): void {
  listeners.push(listener);
}
