import { and, eq, isNotNull, ne, sql, type SQL } from 'drizzle-orm';
import { query, type Statement } from '../store/query.ts';
import { deliveries, webhooks } from '../store/schema.ts';
import { replayMissed } from './replays/missed-replay.ts';
import type { CheckedChange } from './check-webhook.ts';
import type { WebhookRow } from './webhook.ts';

/** Milliseconds; deliveries to a disabled webhook are kept, but not due before it is enabled again. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** What a change means for a webhook that is or was disabled or slow. */
export interface Enablement {
  /** To be written; undefined where it stays. */
  isEnabled: boolean | undefined;
  /** Why it was disabled and since when it was slow is over. */
  isFresh: boolean;
  /** What becomes of its pending deliveries; undefined where they stay. */
  pending: 'due' | 'kept' | undefined;
}

/**
 * Says what a change does to a webhook that was disabled or slow. That was about its URL of then:
 * another URL starts afresh, and so does one that is enabled again by name. A pause, which has no
 * reason of ours, is only ended by name.
 */
export function enablementOf(
  change: Pick<CheckedChange, 'url' | 'isEnabled'>,
  row: Pick<WebhookRow, 'url' | 'is_enabled' | 'disabled_reason'>,
): Enablement {
  const wasEnabled = row.is_enabled === 1;
  const isMoved = change.url !== undefined && change.url !== row.url;
  const isMended = isMoved && !wasEnabled && row.disabled_reason !== null;
  const isEnabled = change.isEnabled ?? (isMended ? true : undefined);
  const isFresh = isMoved || (isEnabled === true && !wasEnabled);
  const willBeEnabled = isEnabled ?? wasEnabled;
  if (willBeEnabled) return { isEnabled, isFresh, pending: isFresh ? 'due' : undefined };
  return { isEnabled, isFresh, pending: wasEnabled ? 'kept' : undefined };
}

/**
 * Keeps in mind from where on a webhook that is disabled misses events: from the first one that may
 * not have been told. Some may come twice for it, none is lost.
 */
export function missFromNow(): SQL {
  return sql`missed_after = coalesce(
    missed_after,
    (select min(seq) - 1 from events where open = 1),
    (select max(seq) from events),
    0)`;
}

/**
 * The statements that do to a webhook's pending deliveries what was decided; `now` in milliseconds.
 * What a disabled webhook missed costs nothing meanwhile: a replay sends it once it is enabled.
 */
export function reschedule(webhookId: number, { pending }: Enablement, now: number): Statement[] {
  if (pending === undefined) return [];
  if (pending === 'kept') {
    return [
      setNextAt(webhookId, NEVER_MS, 0),
      sql`update ${webhooks} set ${missFromNow()} where id = ${webhookId} and is_enabled = 0`,
    ];
  }
  return [
    setNextAt(webhookId, now, 1),
    ...replayMissed(webhookId, now),
    query
      .update(webhooks)
      .set({ missed_after: null })
      .where(
        and(
          eq(webhooks.id, webhookId),
          eq(webhooks.is_enabled, 1),
          isNotNull(webhooks.missed_after),
        ),
      ),
  ];
}

/** Only for a webhook that is enabled or not as decided: another change may have come first. */
function setNextAt(webhookId: number, nextAt: number, isEnabled: 0 | 1): Statement {
  const isAsDecided = sql`exists (select 1 from ${webhooks}
    where ${webhooks.id} = ${webhookId} and ${webhooks.is_enabled} = ${isEnabled})`;
  return query
    .update(deliveries)
    .set({ next_at: nextAt })
    .where(
      and(
        eq(deliveries.webhook_id, webhookId),
        eq(deliveries.state, 'due').inlineParams(),
        ne(deliveries.next_at, nextAt),
        isAsDecided,
      ),
    );
}
