import { sql, type SQL } from 'drizzle-orm';

/**
 * More than five failed `GET /{media-id}` within an hour, and 360dialog blocks the number's for an
 * hour (360dialog: Upload, retrieve or delete media). So three may fail at once, and one more for each
 * half hour: five in any hour. Look-ups that are under way when the third fails are let finish.
 */
const RECOVERY_MS = 30 * 60 * 1_000;
const BURST = 3;

/** Milliseconds; when all failures until now will have been recovered from. */
const COUNTER = 'media_failures';

/** An SQL expression: when (milliseconds, maybe in the past) the next look-up may be made. */
export const lookupsOpenAt: SQL = sql`
  coalesce((select value from counters where name = ${COUNTER}), 0) - ${(BURST - 1) * RECOVERY_MS}`;

/** The statement that counts one failed look-up at `now` (milliseconds). */
export function countFailedLookup(now: number): SQL {
  return sql`
    insert into counters (name, value) values (${COUNTER}, ${now + RECOVERY_MS})
    on conflict (name) do update set value = max(value, ${now}) + ${RECOVERY_MS}`;
}
