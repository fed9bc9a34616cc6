import type { Tally } from './tally.ts';

/** What a statement came to, all its runs together. */
export interface StatementTally {
  runs: number;
  rowsRead: number;
  rowsWritten: number;
}

/** What was used since the last reset, by the kind of invocation that used it. */
export interface MeterReport {
  tallies: Record<string, Tally>;
  /** By the kind of invocation and the beginning of the statement. */
  statements: Record<string, StatementTally>;
}
