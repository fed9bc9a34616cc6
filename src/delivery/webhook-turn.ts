import { sql, type SQL } from 'drizzle-orm';
import { jsonList, type Database } from '../store/database.ts';

/**
 * Whose turn it is with a webhook in the slow lane. `probe_at` is the lock: the slow lane takes a
 * webhook up when that time has come, moves it ahead while it works, and gives it back at the end. So
 * a webhook has one attempt at a time, however many doorbells ring for it. The same time keeps it in
 * peace while its breaker is open or its rate limit is used up.
 */

/** Takes webhooks out of the fast lane; the slow lane takes them up at `probeAt`. */
export function markSlow(webhookIds: readonly number[], now: number, probeAt: number): SQL {
  return sql`update webhooks set slow_since = ${now}, probe_at = ${probeAt}
    where id in (select value from json_each(${jsonList(webhookIds)})) and slow_since is null`;
}

/** Who was given the webhook's turn has it `until` then; else it may be taken at `freeAt` (milliseconds). */
export type Turn = { until: number } | { freeAt: number };

/**
 * Takes the webhook's turn for `forMs` milliseconds at most; should its holder die, it is free after
 * that. With a rate limit it is held longer: what a holder that died has used of the limit is not
 * known, so that all of it must be free again. Undefined where there is no such webhook, or it is disabled.
 */
export async function takeTurn(
  db: Database,
  webhookId: number,
  now: number,
  forMs: number,
): Promise<Turn | undefined> {
  const taken = await db.first<{ until: number }>(sql`
    update webhooks set probe_at = ${now + forMs} +
      case when rate_limit is null then 0 when rate_limit_per = 'second' then 1000 else 60000 end
    where id = ${webhookId} and is_enabled = 1 and coalesce(probe_at, 0) <= ${now}
    returning probe_at as until`);
  if (taken !== undefined) return taken;
  const webhook = await db.first<{ probe_at: number | null; is_enabled: number }>(
    sql`select probe_at, is_enabled from webhooks where id = ${webhookId}`,
  );
  return webhook?.is_enabled === 1 ? { freeAt: webhook.probe_at ?? now } : undefined;
}

/** How a turn ends. */
export interface TurnEnd {
  /** The receiver answers as fast as the fast lane asks, and returns there. */
  isPrompt: boolean;
  /** Milliseconds; not to be taken up again before. Null for at once. */
  notBefore: number | null;
  /** The `rate_window` column; null where there is no limit. */
  rateWindow: string | null;
}

/** Gives back the turn that was taken until `until`. Does nothing where it has passed to another. */
export function endTurn(webhookId: number, until: number, end: TurnEnd): SQL {
  const slowSince = end.isPrompt ? sql`null` : sql`slow_since`;
  return sql`update webhooks set probe_at = ${end.notBefore}, slow_since = ${slowSince},
      rate_window = ${end.rateWindow}
    where id = ${webhookId} and probe_at = ${until}`;
}
