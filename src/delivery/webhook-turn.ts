import { sql, type SQL } from 'drizzle-orm';
import { jsonList, type Database } from '../store/database.ts';

/**
 * Whose turn it is with a slow webhook. `probe_at` is both a lock and a breaker: the slow lane takes a
 * webhook up when that time has come, moves it ahead while it works, and says at the end when the next
 * one may. So a webhook has one attempt at a time, and one that is down is asked now and then by a
 * single delivery, while the others use up none of their attempts.
 */

/** While a webhook is down, one of its deliveries probes it this often at least. */
export const PROBE_PAUSE_MS = 30_000;

/** After a first failure the slow lane leaves a webhook in peace until that delivery is due again. */
export const FIRST_PAUSE_MS = 5_000;

/** Takes webhooks out of the fast lane; the slow lane takes them up at `probeAt`. */
export function markSlow(webhookIds: readonly number[], now: number, probeAt: number): SQL {
  return sql`update webhooks set slow_since = ${now}, probe_at = ${probeAt}
    where id in (select value from json_each(${jsonList(webhookIds)})) and slow_since is null`;
}

/**
 * Takes the webhook's turn until `until` at the latest. Returns 'taken', or when the turn may be taken
 * (milliseconds); undefined where there is no such webhook.
 */
export async function takeTurn(
  db: Database,
  webhookId: number,
  now: number,
  until: number,
): Promise<'taken' | number | undefined> {
  const taken = await db.run(sql`
    update webhooks set probe_at = ${until} where id = ${webhookId} and coalesce(probe_at, 0) <= ${now}`);
  if (taken > 0) return 'taken';
  const row = await db.first<{ probe_at: number }>(
    sql`select probe_at from webhooks where id = ${webhookId}`,
  );
  return row?.probe_at;
}

/**
 * Gives the turn back after deliveries that went well. With `isPrompt` the receiver answered as fast as
 * the fast lane asks, and returns there. What waited for the probe is due now.
 */
export function endTurnWell(webhookId: number, now: number, isPrompt: boolean): SQL[] {
  return [
    sql`update deliveries set next_at = ${now}
        where webhook_id = ${webhookId} and state = 'due' and next_at > ${now} and next_at <= ${now + PROBE_PAUSE_MS}
          and exists (select 1 from webhooks where id = ${webhookId} and is_enabled = 1)`,
    isPrompt
      ? sql`update webhooks set probe_at = null, slow_since = null where id = ${webhookId}`
      : sql`update webhooks set probe_at = null where id = ${webhookId}`,
  ];
}

/** Gives the turn back after a failure: the next one is when a delivery is due, or for a probe. */
export function endTurnBadly(webhookId: number, now: number): SQL[] {
  return [
    sql`update webhooks set probe_at = (
          select max(${now}, min(${now + PROBE_PAUSE_MS}, coalesce(min(next_at), 0)))
          from deliveries where webhook_id = ${webhookId} and state = 'due')
        where id = ${webhookId}`,
  ];
}
