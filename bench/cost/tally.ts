/** What Cloudflare counts, by the units of its bills. */
export const UNITS = [
  /** Invocations of the Worker: requests and batches of a queue. */
  'workerRequests',
  'rowsRead',
  'rowsWritten',
  /** Writes, reads and deletes, each per message and 64 KB of it. */
  'queueOperations',
  /** Calls to a Durable Object, its alarms among them. */
  'objectRequests',
  /** Of a Durable Object: each is billed as a row written. */
  'alarmsSet',
  /** Rows that an object wrote into its own storage. */
  'objectRowsWritten',
  /** R2's operations of class A and B. */
  'bucketWrites',
  'bucketReads',
] as const;

export type BilledUnit = (typeof UNITS)[number];

/** How much of each was used. */
export type Tally = Record<BilledUnit, number>;

export const NOTHING: Readonly<Tally> = {
  workerRequests: 0,
  rowsRead: 0,
  rowsWritten: 0,
  queueOperations: 0,
  objectRequests: 0,
  alarmsSet: 0,
  objectRowsWritten: 0,
  bucketWrites: 0,
  bucketReads: 0,
};

/** What the limits of the design count: what is billed by the operation and dear. */
const OPERATIONS = ['rowsWritten', 'queueOperations', 'objectRequests', 'alarmsSet'] as const;

/** Adds tallies up. */
export function sumOf(tallies: readonly Tally[]): Tally {
  return combined((unit) => tallies.reduce((sum, tally) => sum + tally[unit], 0));
}

/** The share of each of `count` things in a tally. */
export function perItem(tally: Tally, count: number): Tally {
  return combined((unit) => tally[unit] / count);
}

/** D1 rows written, queue operations, object requests and alarm sets. */
export function operationsOf(tally: Tally): number {
  return OPERATIONS.reduce((sum, unit) => sum + tally[unit], 0);
}

function combined(valueOf: (unit: BilledUnit) => number): Tally {
  const tally = { ...NOTHING };
  for (const unit of UNITS) tally[unit] = valueOf(unit);
  return tally;
}

/** Names what there is of a tally, for people. */
export function partsOf(tally: Tally): string {
  const parts: [number, string][] = [
    [tally.rowsWritten, 'rows written'],
    [tally.queueOperations, 'queue operations'],
    [tally.objectRequests, 'object requests'],
    [tally.alarmsSet, 'alarms set'],
    [tally.workerRequests, 'Worker requests'],
  ];
  const shown = parts.filter(([count]) => count > 0);
  return (
    shown.map(([count, what]) => `${Number(count.toFixed(2))} ${what}`).join(', ') || 'nothing'
  );
}
