import { and, gt, sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import { foreign_numbers, refreshes } from '../../store/schema.ts';
import { askForRefresh } from '../refreshing/refresh.ts';

export type ForeignNumber = typeof foreign_numbers.$inferSelect;

/** So many are shown; a stack whose webhook was set by mistake gets those of a few. */
const SHOWN = 10;

/** As often as WABA is asked at most whether the number is still the same. */
const ASK_EVERY_MS = 10 * 60_000;

/** The statement that counts bodies about numbers of others: each id once for each body. */
export function countForeign(ids: readonly string[], now: number): SQL {
  return sql`insert into ${foreign_numbers} (phone_number_id, bodies, last_at)
    select value, count(*), ${now} from json_each(${jsonList(ids)}) where true group by value
    on conflict (phone_number_id) do update
      set bodies = bodies + excluded.bodies, last_at = excluded.last_at`;
}

/** Selects the numbers of others that were last heard of. */
export function selectForeign(): SQL {
  return sql`select * from ${foreign_numbers} order by ${foreign_numbers.last_at} desc limit ${SHOWN}`;
}

/**
 * The statement that has WABA asked soon which number is ours: what is taken for somebody else's may be
 * ours by now.
 */
export function askForNumberId(now: number): SQL {
  const isOld = sql`coalesce(${refreshes.refreshed_at}, 0) < ${now - ASK_EVERY_MS}`;
  return askForRefresh('webhook', now, and(gt(refreshes.next_at, now), isOld));
}

/** For how long a number of others is worth a warning. */
const WARNED_MS = 24 * 60 * 60 * 1000;

/** What an operator should see to, as a sentence; none where no body of late was about others. */
export function foreignWarning(numbers: readonly ForeignNumber[], now: number): string[] {
  const recent = numbers.filter(({ last_at: at }) => now - at < WARNED_MS);
  if (recent.length === 0) return [];
  const ids = recent.map(({ phone_number_id: id }) => id).join(', ');
  return [`Messages came that are for another number than this inbox's (phone_number_id ${ids}).`];
}
