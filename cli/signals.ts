/** The signals that end a command, and the exit code that a shell gives each. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof EXIT_CODES;
export const SIGNALS = Object.keys(EXIT_CODES) as Name[];

/** Time for program and plugin to end after the second signal (5 s, as Pulumi gives it), and for the engine to report it. */
const LAST_MS = 6_000;

/** The part of `process` that is used here, so that a test can replace it. */
export interface ProcessLike {
  on(signal: Name, listener: (name: Name) => void): unknown;
  off(signal: Name, listener: (name: Name) => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
}

export interface Phases {
  /** Called at the first signal. */
  stop(): void;
  /** Called at the second. The process ends soon after, whether this succeeds or not. */
  kill(): void;
}

/**
 * Ends a command by signals, in any combination: the first lets running steps finish, the second ends the command at once, and the
 * third does not wait at all. Returns a function that gives signals their default meaning again.
 */
export function onSignals(phases: Phases, host: ProcessLike = process): () => void {
  let count = 0;
  const onSignal = (name: Name) => {
    const exitCode = EXIT_CODES[name];
    count += 1;
    // For a process that ends on its own before anyone sets another code.
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
