/** The signals that end a command, and the exit code that a shell gives each. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof EXIT_CODES;
export const SIGNALS = Object.keys(EXIT_CODES) as Name[];

/** What program and plugin get to end after the second signal, and the engine to tell of it. */
const LAST_MS = 2_000;

/** What of the process is used, so that a test can stand in for it. */
export interface ProcessLike {
  on(signal: Name, listener: (name: Name) => void): unknown;
  off(signal: Name, listener: (name: Name) => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
}

export interface Phases {
  /** At the first signal. */
  stop(): void;
  /** At the second. The process ends soon after, whether this succeeds or not. */
  kill(): void;
}

/**
 * Ends a command by signals, in whatever combination they come: the first lets it end in order, the second ends it at once, and
 * the third does not even wait for that. Returns what gives signals their usual meaning again.
 */
export function onSignals(phases: Phases, host: ProcessLike = process): () => void {
  let count = 0;
  const onSignal = (name: Name) => {
    const exitCode = EXIT_CODES[name];
    count += 1;
    // Also where the process ends by itself before somebody sets another.
    host.exitCode = exitCode;
    if (count === 1) {
      phases.stop();
    } else if (count === 2) {
      setTimeout(() => host.exit(exitCode), LAST_MS).unref();
      phases.kill();
    } else {
      host.exit(exitCode);
    }
  };
  for (const name of SIGNALS) {
    host.on(name, onSignal);
  }
  return () => {
    for (const name of SIGNALS) {
      host.off(name, onSignal);
    }
  };
}
