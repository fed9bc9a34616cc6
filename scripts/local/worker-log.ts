const PROBLEM_LEVELS = new Set(['warn', 'error', 'fatal']);

/** Where the lines of the Worker and its runtime go. */
export type WorkerLog = {
  write(level: string, line: string): void;
  /** Lets nothing through any more: a runtime that is being stopped complains about it. */
  mute(): void;
};

/** Warnings and errors go to stderr; the rest to stdout where `isVerbose`, else nowhere. */
export function workerLog(isVerbose: boolean): WorkerLog {
  let isMuted = false;
  return {
    write: (level, line) => {
      if (isMuted) return;
      if (PROBLEM_LEVELS.has(level)) console.error(line);
      else if (isVerbose) console.log(line);
    },
    mute: () => {
      isMuted = true;
    },
  };
}
