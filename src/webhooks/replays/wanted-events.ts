import { isTaken } from '../matches.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';

import { isWanted, type ReplayFilter } from './replay-filter.ts';

/** So many sequence numbers one statement looks through: some tens of milliseconds of a database. */
export const WINDOW = 20_000;

/** Sequence numbers after `after`, up to `until`. */
export interface SeqRange {
  after: number;
  until: number;
}

/** What is looked for: past events for a webhook. */
export interface ReplayScope {
  webhookId: number;
  filter: ReplayFilter;
}

/** Counts the events of a range that are wanted; their contents stay unread. */
export async function countWanted(
  db: Database,
  scope: ReplayScope,
  range: SeqRange,
): Promise<number> {
  let count = 0;
  for (let after = range.after; after < range.until; after += WINDOW) {
    const until = Math.min(after + WINDOW, range.until);
    const row = await db.first<{ count: number }>(
      sql`select count(*) as count ${fromWanted(scope, { after, until })}`,
    );
    count += row?.count ?? 0;
  }
  return count;
}

/** Selects the first `limit` wanted events of a range as `seq`. The range is at most a `WINDOW`. */
export function selectWanted(scope: ReplayScope, range: SeqRange, limit: number): SQL {
  return sql`select e.seq ${fromWanted(scope, range)} order by e.seq limit ${limit}`;
}

/** `cross join` keeps the order of the tables: one webhook, one user, then the events by their numbers. */
function fromWanted({ webhookId, filter }: ReplayScope, { after, until }: SeqRange): SQL {
  return sql`from webhooks w cross join users u on u.id = w.user_id
    cross join events e on e.seq > ${after} and e.seq <= ${until}
    left join deliveries d on d.webhook_id = w.id and d.seq = e.seq
    where w.id = ${webhookId} and ${isTaken()} and ${isWanted(filter)}`;
}
