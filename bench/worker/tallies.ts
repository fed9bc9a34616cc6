import { AsyncLocalStorage } from 'node:async_hooks';
import type { MeterReport } from '../cost/meter-report.ts';
import { NOTHING, type Tally } from '../cost/tally.ts';

/** Whoever calls an object is known to nobody in it. */
const OBJECT = 'object';

/** Long enough to tell the statements of one kind of invocation apart. */
const MAX_LABEL_CHARACTERS = 100;

const current = new AsyncLocalStorage<string>();
let report: MeterReport = { tallies: {}, statements: {} };

/** Runs an invocation: what it uses is counted for its kind, also what it does after its answer. */
export function metered<Result>(kind: string, run: () => Result): Result {
  return current.run(kind, run);
}

/** Counts for the invocation that is under way. */
export function count(used: Partial<Tally>): void {
  const kind = current.getStore() ?? OBJECT;
  const tally = (report.tallies[kind] ??= { ...NOTHING });
  tally.workerRequests += used.workerRequests ?? 0;
  tally.rowsRead += used.rowsRead ?? 0;
  tally.rowsWritten += used.rowsWritten ?? 0;
  tally.queueOperations += used.queueOperations ?? 0;
  tally.objectRequests += used.objectRequests ?? 0;
  tally.alarmsSet += used.alarmsSet ?? 0;
  tally.objectRowsWritten += used.objectRowsWritten ?? 0;
  tally.bucketWrites += used.bucketWrites ?? 0;
  tally.bucketReads += used.bucketReads ?? 0;
}

/** Counts what statements have read and written, as the platform says it. */
export function countStatements(texts: readonly string[], results: readonly D1Result[]): void {
  for (const [index, { meta }] of results.entries()) {
    const { rows_read: rowsRead, rows_written: rowsWritten } = meta;
    count({ rowsRead, rowsWritten });
    const kind = current.getStore() ?? OBJECT;
    const label = (texts[index] ?? '').replaceAll(/\s+/g, ' ').trim();
    const key = `${kind}: ${label.slice(0, MAX_LABEL_CHARACTERS)}`;
    const statement = (report.statements[key] ??= { runs: 0, rowsRead: 0, rowsWritten: 0 });
    statement.runs += 1;
    statement.rowsRead += rowsRead;
    statement.rowsWritten += rowsWritten;
  }
}

/** What was counted since the last reset. */
export function meterReport(): MeterReport {
  return report;
}

export function resetMeter(): void {
  report = { tallies: {}, statements: {} };
}
