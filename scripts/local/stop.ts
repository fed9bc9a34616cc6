const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Stopping takes a fraction of this; what hangs is left to the exit. */
const STOP_DEADLINE_MS = 1_500;

/** npm passes on the signal that the terminal has sent already; what comes this soon is the same Ctrl-C. */
const SAME_SIGNAL_MS = 300;

/** How often to see whether the npm that started this process is still there. */
const PARENT_CHECK_MS = 500;

/** Who started this process; another parent later means that it has gone. */
const PARENT = process.ppid;

/** Ends the process at a signal (exit code 0) while there is nothing yet that wants to be closed. */
export function exitOnSignals(): void {
  for (const signal of SIGNALS) process.on(signal, () => process.exit(0));
}

/**
 * Ends the process in order at Ctrl-C, SIGTERM or SIGHUP (exit code 0), at once at a second one, and
 * when the npm that started it was killed. `stop` frees what is held.
 */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stoppingSince: number | undefined;
  const onSignal = () => {
    const now = Date.now();
    if (stoppingSince === undefined) {
      stoppingSince = now;
      void end(stop);
    } else if (now - stoppingSince > SAME_SIGNAL_MS) {
      process.exit(130);
    }
  };
  for (const signal of SIGNALS) {
    // Miniflare's own among them, which would exit before anything is closed.
    process.removeAllListeners(signal);
    process.on(signal, onSignal);
  }
  if (process.env['npm_lifecycle_event'] !== undefined) whenOrphaned(onSignal);
}

async function end(stop: () => Promise<void>): Promise<void> {
  const deadline = setTimeout(() => process.exit(0), STOP_DEADLINE_MS);
  try {
    await stop();
  } finally {
    clearTimeout(deadline);
    process.exit(0);
  }
}

function whenOrphaned(act: () => void): void {
  const timer = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(timer);
    act();
  }, PARENT_CHECK_MS);
  timer.unref();
}
