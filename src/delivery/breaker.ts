import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/**
 * A webhook's breaker. It opens when half of its latest attempts or more have failed; while it is open
 * nothing is attempted, so that what waits uses up nothing of its schedule. After a pause one delivery
 * probes (the breaker is half-open): success closes it, failure opens it for another pause.
 */
export const BREAKER_PAUSE_MS = 30_000;

const WINDOW_MS = 60_000;
const MIN_ATTEMPTS = 20;
const FAILURE_SHARE = 0.5;

/** The stack's events of a minute, at the most that one number brings (WhatsApp's limits), and to spare. */
const MAX_EVENTS_LOOKED_AT = 20_000;

/** How the attempts of a webhook went. */
export interface Course {
  attempts: number;
  failures: number;
}

/** Says whether a breaker is to open after such a minute. */
export function shouldOpen({ attempts, failures }: Course): boolean {
  return attempts >= MIN_ATTEMPTS && failures >= FAILURE_SHARE * attempts;
}

/**
 * Says whether a webhook whose attempt just failed has failed so often within the last minute, and
 * since its breaker closed, that the breaker is to open. What the fast lane delivered meanwhile is in
 * the receipts of the events; they are only read where they could turn the balance.
 */
export async function isTooOften(
  db: Database,
  webhookId: number,
  closedAt: number | null,
  now: number,
): Promise<boolean> {
  const since = Math.max(now - WINDOW_MS, closedAt ?? 0);
  const course = await db.first<Course>(sql`
    select count(*) as attempts, count(*) filter (
      where error is not null or status is null or status not between 200 and 299) as failures
    from attempts where webhook_id = ${webhookId} and at > ${since}`);
  if (course === undefined) return false;
  // So many successes of the fast lane would keep it closed, or make the attempts enough to open it.
  const enough = Math.floor(course.failures / FAILURE_SHARE) - course.attempts + 1;
  if (enough <= 0 || course.failures < FAILURE_SHARE * MIN_ATTEMPTS) return false;
  const prompt = await db.first<{ count: number }>(sql`
    select count(*) as count from (
      select 1 from events e join json_each(e.receipts) r
      where e.seq > (select max(seq) from events) - ${MAX_EVENTS_LOOKED_AT}
        and r.value->>'webhook' = ${webhookId} and r.value->>'at' > ${since}
      limit ${enough})`);
  return shouldOpen({ ...course, attempts: course.attempts + (prompt?.count ?? 0) });
}

/** The statement that opens a webhook's breaker, by who has its turn `until` then. */
export function openBreaker(webhookId: number, until: number, now: number): SQL {
  return sql`update webhooks set breaker_opened_at = ${now}, slow_since = coalesce(slow_since, ${now})
    where id = ${webhookId} and turn_until = ${until}`;
}

/** The statement that closes it after a probe that went well, by who has the turn `until` then. */
export function closeBreaker(webhookId: number, until: number, now: number): SQL {
  return sql`update webhooks set breaker_opened_at = null, breaker_closed_at = ${now}
    where id = ${webhookId} and turn_until = ${until}`;
}
