import type { StorageUse } from '../store/storage-use.ts';

const BYTES_PER_GB = 1_000_000_000;

/** Breakers that are open, and how many deliveries wait behind them. */
export interface OpenBreakers {
  open: number;
  waiting: number;
}

/** What an operator should see to although the stack still serves: a sentence each, none where all is well. */
export function warningsOf(
  deadLetters: number,
  storage: StorageUse,
  breakers: OpenBreakers = { open: 0, waiting: 0 },
): string[] {
  const warnings: string[] = [];
  if (storage.isNear) {
    const used = `${inGb(storage.bytes)} of ${inGb(storage.limitBytes)} GB`;
    warnings.push(`The database is nearly full: ${used}.`);
  }
  if (deadLetters > 0) {
    const wait = deadLetters === 1 ? '1 dead letter waits' : `${deadLetters} dead letters wait`;
    warnings.push(`${wait} for an admin.`);
  }
  if (breakers.waiting > 0) {
    const wait =
      breakers.waiting === 1 ? '1 delivery waits' : `${breakers.waiting} deliveries wait`;
    const behind = breakers.open === 1 ? 'an open breaker' : `${breakers.open} open breakers`;
    warnings.push(`${wait} behind ${behind}: receivers keep failing.`);
  }
  return warnings;
}

/** A sentence about migrations that the database has not had; none where it has had all. */
export function migrationsSentence(pending: readonly string[]): string[] {
  const [first] = pending;
  if (first === undefined) return [];
  const many = pending.length === 1 ? '1 migration' : `${pending.length} migrations`;
  return [`The database is behind by ${many}, from ${first} on: run \`npm run db:migrate\`.`];
}

function inGb(bytes: number): string {
  return String(Number((bytes / BYTES_PER_GB).toFixed(2)));
}
