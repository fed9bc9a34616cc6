import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/**
 * Whose lease it is with a webhook in the slow lane. `turn_until` is the lock: who takes the lease moves it
 * ahead and gives it back at the end, so that a webhook has one attempt at a time, however many
 * doorbells ring for it. Besides, nobody takes it before `probe_at`: while its breaker is open or its
 * rate limit is used up.
 */

/** Takes a webhook out of the fast lane; with `until`, its lease is somebody's up to then. */
export function markSlow(webhookId: number, now: number, until: number | null = null): SQL {
  return sql`update webhooks set slow_since = ${now},
      turn_until = iif(coalesce(turn_until, 0) > ${now}, turn_until, ${until})
    where id = ${webhookId} and slow_since is null`;
}

/** Who was given the webhook's lease has it `until` then; else it may be taken at `freeAt` (milliseconds). */
export type Lease = { until: number } | { freeAt: number };

/**
 * Takes the webhook's lease for `forMs` milliseconds at most; should its holder die, it is free after
 * that. With a rate limit it is held longer: what a holder that died has used of the limit is not
 * known, so that all of it must be free again. Undefined where there is no such webhook, or it is disabled.
 */
export async function takeLease(
  db: Database,
  webhookId: number,
  now: number,
  forMs: number,
): Promise<Lease | undefined> {
  const taken = await db.first<{ until: number }>(sql`
    update webhooks set turn_until = ${now + forMs} +
      case when rate_limit is null then 0 when rate_limit_per = 'second' then 1000 else 60000 end
    where id = ${webhookId} and is_enabled = 1 and ${freeAt()} <= ${now}
    returning turn_until as until`);
  if (taken !== undefined) return taken;
  return db.first<{ freeAt: number }>(
    sql`select ${freeAt()} as "freeAt" from webhooks where id = ${webhookId} and is_enabled = 1`,
  );
}

/** When a webhook's lease may be taken; over a row of `webhooks`, by any name. */
function freeAt(): SQL {
  return sql`max(coalesce(turn_until, 0), coalesce(probe_at, 0))`;
}

/** How a lease ends. */
export interface LeaseEnd {
  /** The receiver answers as fast as the fast lane asks, and returns there. */
  isPrompt: boolean;
  /** Milliseconds; not to be taken up again before. Null for at once. */
  notBefore: number | null;
  /** The `rate_window` column; null where there is no limit. */
  rateWindow: string | null;
}

/** Gives back the lease that was taken until `until`. Does nothing where it has passed to another. */
export function endLease(webhookId: number, until: number, end: LeaseEnd): SQL {
  const slowSince = end.isPrompt ? sql`null` : sql`slow_since`;
  return sql`update webhooks set turn_until = null, probe_at = ${end.notBefore}, slow_since = ${slowSince},
      rate_window = ${end.rateWindow}
    where id = ${webhookId} and turn_until = ${until}`;
}
