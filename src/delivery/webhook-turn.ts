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
  return turnOf(db, webhookId);
}

/**
 * Gives back the turn that was taken until `until`, after deliveries that went well. With `isPrompt`
 * the receiver answered as fast as the fast lane asks, and returns there. What waited for the probe, or
 * came while this went on, is due now; not a delivery whose first attempt still hangs. Does nothing
 * where the turn has passed to another.
 */
export function endTurnWell(
  webhookId: number,
  until: number,
  now: number,
  isPrompt: boolean,
): SQL[] {
  return [
    sql`update deliveries set next_at = ${now}
        where webhook_id = ${webhookId} and state = 'due' and next_at > ${now}
          and (attempts = 0 or last_error is not null)
          and next_at <= iif(attempts = 0, ${until}, ${now + PROBE_PAUSE_MS})
          and exists (select 1 from webhooks
            where id = ${webhookId} and is_enabled = 1 and probe_at = ${until})`,
    isPrompt
      ? sql`update webhooks set probe_at = null, slow_since = null
          where id = ${webhookId} and probe_at = ${until}`
      : sql`update webhooks set probe_at = null where id = ${webhookId} and probe_at = ${until}`,
  ];
}

/**
 * Gives back the turn that was taken until `until`, after a failure: the next one is when a delivery
 * comes due, or for a probe. Does nothing where the turn has passed to another.
 */
export function endTurnBadly(webhookId: number, until: number, now: number): SQL[] {
  return [
    sql`update webhooks set probe_at = (
          select min(${now + PROBE_PAUSE_MS}, coalesce(min(next_at), ${now + PROBE_PAUSE_MS}))
          from deliveries where webhook_id = ${webhookId} and state = 'due' and next_at > ${now})
        where id = ${webhookId} and probe_at = ${until}`,
  ];
}

/** When the webhook's turn may be taken (milliseconds); undefined where nothing keeps it. */
export async function turnOf(db: Database, webhookId: number): Promise<number | undefined> {
  const row = await db.first<{ probe_at: number | null }>(
    sql`select probe_at from webhooks where id = ${webhookId}`,
  );
  return row?.probe_at ?? undefined;
}
