/** How full the stack's database is. */
export interface StorageUse {
  bytes: number;
  limitBytes: number;
  /** Whether it is time to do something about it. */
  isNear: boolean;
}

const BYTES_PER_GB = 1_000_000_000;

/** What an operator should see to although the stack still serves: a sentence each, none where all is well. */
export function warningsOf(deadLetters: number, storage: StorageUse | undefined): string[] {
  const warnings: string[] = [];
  if (storage?.isNear === true) {
    const used = `${inGb(storage.bytes)} of ${inGb(storage.limitBytes)} GB`;
    warnings.push(`The database is nearly full: ${used}.`);
  }
  if (deadLetters > 0) {
    const wait = deadLetters === 1 ? '1 dead letter waits' : `${deadLetters} dead letters wait`;
    warnings.push(`${wait} for an admin.`);
  }
  return warnings;
}

function inGb(bytes: number): string {
  return String(Number((bytes / BYTES_PER_GB).toFixed(2)));
}
