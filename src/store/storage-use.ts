import type { StackContext } from './open-stack.ts';

/** How full the stack's database is. */
export interface StorageUse {
  bytes: number;
  limitBytes: number;
  /** Whether it is time to do something about it. */
  isNear: boolean;
}

/** From here on, in tenths: at the limit D1 refuses every write, and to make room takes days. */
const NEAR_TENTHS = 8;

/** Asks the database how large it is, and compares that with what it may become. */
export async function storageUse({
  db,
  config,
}: Pick<StackContext, 'db' | 'config'>): Promise<StorageUse> {
  return judgeUse(await db.size(), config.databaseLimitBytes);
}

/** Says whether a size comes near its limit (both in bytes). */
export function judgeUse(bytes: number, limitBytes: number): StorageUse {
  return { bytes, limitBytes, isNear: bytes * 10 >= limitBytes * NEAR_TENTHS };
}
