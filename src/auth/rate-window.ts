import { sql } from 'drizzle-orm';
import { throttled } from '../error.ts';
import { log } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { bucketOf } from './login-guard.ts';

const MINUTE_MS = 60_000;

/** The windows that dialects promise; the platform's rate limits have ten seconds or a minute. */
export const QUARTER_HOUR_MS = 15 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** How many calls of one kind somebody may make in a window. */
export interface WindowLimit {
  /** What is counted, such as `chattu:delete-client`. */
  purpose: string;
  max: number;
  windowMs: number;
}

/**
 * Counts a call of somebody (an address, a user) and throws `throttled` where they have made as many as they may:
 * whatever came of those. In the database, so that a restart forgets none; who is refused costs no row.
 */
export async function assertWindow(
  { config, db }: StackContext,
  { purpose, max, windowMs }: WindowLimit,
  of: string,
  now: number,
): Promise<void> {
  const bucket = bucketOf(config, 'window', [purpose, of]);
  const counted = await db.first<{ count: number }>(sql`
    insert into login_counts (bucket, count, ends_at) values (${bucket}, 1, ${now + windowMs})
    on conflict (bucket) do update set
      count = case when ends_at > ${now} then count + 1 else 1 end,
      ends_at = case when ends_at > ${now} then ends_at else excluded.ends_at end
    where ends_at <= ${now} or count < ${max}
    returning count`);
  if (counted !== undefined) return;
  const full = await db.first<{ ends_at: number }>(
    sql`select ends_at from login_counts where bucket = ${bucket}`,
  );
  log('calls_throttled', { stack: config.name, by: purpose });
  throw throttled((full?.ends_at ?? now) - now);
}
