/** Called when output could not be written. */
type OnBroken = () => void;

const listeners: OnBroken[] = [];
let isBroken = false;

/**
 * Keeps the process alive when output cannot be written, because the reader has exited (`| head -1`) or the disk of a log file is
 * full: an operation must not die in the middle of its work. The exit code is then not 0.
 */
export function surviveBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!isBroken) {
        isBroken = true;
        // A reader that exits has seen enough. Any other error is worth a message.
        if (error.code !== "EPIPE" && stream === process.stdout) {
          process.stderr.write(`error: Could not write the output: ${error.message}.\n`);
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

/** Lets an operation stop in order once nobody can see its output. */
export function onBrokenOutput(listener: OnBroken): void {
  listeners.push(listener);
}
