import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../store/database.ts';
import { shownError } from '../waba/shown-error.ts';
import { shortError, type StatusWrite } from './plan-statuses.ts';

/** What the new statuses change in one message of ours. */
interface MessageChange {
  id: string;
  wabaId: string | null;
  sent: number | null;
  delivered: number | null;
  read: number | null;
  failed: 0 | 1;
  /** Why it failed (JSON array). */
  errors: string | null;
}

/** Which time a status sets; `played` is a voice note that was listened to, so it was read. */
const TIME_OF: Record<string, 'sent' | 'delivered' | 'read'> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
};

/**
 * The statement that brings the messages of new statuses up to date. Statuses come in any order and
 * more than once, so a time once set stays, and a failure counts only where nothing says that the
 * message arrived. A group's status is about one member: it never fails the message.
 */
export function updateMessages(statuses: readonly StatusWrite[]): SQL[] {
  return jsonChunks(changesOf(statuses)).map(
    (json) => sql`
      update messages set
        waba_id = coalesce(messages.waba_id, j.value->>'wabaId'),
        sent = coalesce(sent, j.value->>'sent'),
        delivered = coalesce(delivered, j.value->>'delivered'),
        read = coalesce(read, j.value->>'read'),
        is_failed = max(is_failed, j.value->>'failed')
          and coalesce(delivered, read, j.value->>'delivered', j.value->>'read') is null,
        errors = coalesce(j.value->>'errors', errors)
      from json_each(${json}) j where messages.id = j.value->>'id'`,
  );
}

function changesOf(statuses: readonly StatusWrite[]): MessageChange[] {
  const changes = new Map<string, MessageChange>();
  for (const status of statuses) {
    if (status.messageId === null) continue;
    const change = changes.get(status.messageId) ?? unchanged(status.messageId);
    changes.set(status.messageId, change);
    change.wabaId ??= status.learnedWabaId;
    const time = TIME_OF[status.status];
    if (time !== undefined) change[time] ??= status.timestamp;
    if (status.status === 'failed' && status.participant === '') {
      change.failed = 1;
      change.errors ??= errorsOf(status.shown);
    }
  }
  return [...changes.values()];
}

function unchanged(id: string): MessageChange {
  return { id, wabaId: null, sent: null, delivered: null, read: null, failed: 0, errors: null };
}

/** Of an endless list; WhatsApp puts one in. */
const MAX_KEPT_ERRORS = 10;

function errorsOf({ errors }: StatusWrite['shown']): string | null {
  if (!Array.isArray(errors)) return null;
  const kept: unknown[] = errors.slice(0, MAX_KEPT_ERRORS);
  return JSON.stringify(kept.map((error) => shownError(shortError(error))));
}
