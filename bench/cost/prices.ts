import { NOTHING, UNITS, type BilledUnit, type Tally } from './tally.ts';

/** When the prices below were read, from Cloudflare's pages on pricing. */
export const PRICES_AS_OF = 'November 2026';

/** Dollars for a million of each on the Workers Paid plan, beyond what the plan includes. */
const DOLLARS_PER_MILLION: Record<BilledUnit, number> = {
  workerRequests: 0.3,
  rowsRead: 0.001,
  rowsWritten: 1,
  queueOperations: 0.4,
  objectRequests: 0.15,
  alarmsSet: 1,
  objectRowsWritten: 1,
  bucketWrites: 4.5,
  bucketReads: 0.36,
};

/**
 * The least that a message can cost on the platform, whoever writes the program: a request that brings
 * it, a row without an index that keeps it, and the row's removal. Its way to subscribers is free:
 * requests that a Worker makes are.
 */
export const FLOOR: Readonly<Tally> = { ...NOTHING, workerRequests: 1, rowsWritten: 2 };

/** What a million times a tally costs, in dollars; CPU time and storage are beside it. */
export function dollarsPerMillion(tally: Tally): number {
  return UNITS.reduce((sum, unit) => sum + tally[unit] * DOLLARS_PER_MILLION[unit], 0);
}
