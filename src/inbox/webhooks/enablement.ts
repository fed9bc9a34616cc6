import { sql, type SQL } from 'drizzle-orm';
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

/** The statement that does to a webhook's pending deliveries what was decided; `now` in milliseconds. */
export function reschedule(webhookId: number, { pending }: Enablement, now: number): SQL[] {
  if (pending === undefined) return [];
  const nextAt = pending === 'due' ? now : NEVER_MS;
  return [
    sql`update deliveries set next_at = ${nextAt}
        where webhook_id = ${webhookId} and state = 'due' and next_at != ${nextAt}`,
  ];
}
