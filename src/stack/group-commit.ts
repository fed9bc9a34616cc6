import type { SQL } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import { isStorageAway } from '../store/is-storage-away.ts';
import { Gathering } from './gathering.ts';

/** So many statements are far below what a D1 query may take in time (30 s), and hold up nobody for long. */
const MAX_BATCHES = 16;

/** What came of one batch among others. */
type Outcome = { rows: unknown[][] } | { error: unknown };

/**
 * Batches that come while D1 is at work, put together into one: a round trip and a commit for all of
 * them. Each is still all or nothing: where one fails, all are run again, each by itself.
 */
export class GroupCommit {
  readonly #batches: Gathering<readonly SQL[], Outcome>;

  constructor(db: Pick<Database, 'batch'>) {
    this.#batches = new Gathering((batches) => runAll(db, batches), MAX_BATCHES);
  }

  /** As `Database.batch`, together with others. */
  async batch<Results extends unknown[][] = unknown[][]>(
    queries: readonly SQL[],
  ): Promise<Results> {
    const outcome = await this.#batches.add(queries);
    if ('error' in outcome) throw outcome.error;
    const rows: unknown = outcome.rows;
    // As in `Database.batch`.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    return rows as Results;
  }
}

async function runAll(
  db: Pick<Database, 'batch'>,
  batches: readonly (readonly SQL[])[],
): Promise<Outcome[]> {
  try {
    const rows = await db.batch(batches.flat());
    return batches.map(({ length }) => ({ rows: rows.splice(0, length) }));
  } catch (error) {
    // Away for all of them: whether it happened, nobody can say.
    if (batches.length === 1 || isStorageAway(error)) return batches.map(() => ({ error }));
  }
  const outcomes: Outcome[] = [];
  for (const batch of batches) outcomes.push(...(await runAll(db, [batch])));
  return outcomes;
}
