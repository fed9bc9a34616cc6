import { readJson } from '../../store/database.ts';
import type { ChatRow } from './person.ts';

/**
 * What the chat under `key` knows once others have moved there, as `moveChats` writes it: the first
 * row is the one that stays, and what it does not know comes from the others. Its counters and its
 * user id are left as they are.
 */
export function mergeChats(key: string, first: ChatRow, others: readonly ChatRow[]): ChatRow {
  let merged = first;
  for (const other of others) {
    const named = merged.name === '' ? other : merged;
    merged = {
      ...merged,
      name: named.name,
      contact: named.contact,
      last_incoming: latest([merged.last_incoming, other.last_incoming]),
      last_message: latest([merged.last_message, other.last_message]),
      first_message: earliest([merged.first_message, other.first_message]),
      ...newerReferral(merged, other),
      assigned_user_id: merged.assigned_user_id ?? other.assigned_user_id,
      assigned_group_id: merged.assigned_group_id ?? other.assigned_group_id,
      // What is left to do in one of them is left to do.
      resolved: Math.min(merged.resolved, other.resolved),
      blocked_at: merged.blocked_at ?? other.blocked_at,
      reported_at: merged.reported_at ?? other.reported_at,
    };
  }
  return { ...merged, wa_id: key, contact: withKey(merged.contact, key) };
}

function newerReferral(
  one: ChatRow,
  other: ChatRow,
): Pick<ChatRow, 'referral_id' | 'last_referral'> {
  const isNewer = (other.last_referral ?? 0) > (one.last_referral ?? 0);
  const { referral_id, last_referral } = isNewer ? other : one;
  return { referral_id, last_referral };
}

/** The oldest of timestamps, some of which may be unknown; null where all are. */
export function earliest(timestamps: readonly (number | null | undefined)[]): number | null {
  const known = timestamps.filter((timestamp) => typeof timestamp === 'number');
  return known.length === 0 ? null : Math.min(...known);
}

/** The newest of timestamps, some of which may be unknown; null where all are. */
export function latest(timestamps: readonly (number | null | undefined)[]): number | null {
  const known = timestamps.filter((timestamp) => typeof timestamp === 'number');
  return known.length === 0 ? null : Math.max(...known);
}

function withKey(contact: string, key: string): string {
  return JSON.stringify({ ...readJson<object>(contact), wa_id: key });
}
