import { readTimestamp, type CustomerRef } from './items.ts';
import { idOf, isRecord, listOf, textOf, type JsonRecord } from './json-record.ts';

/** What the business calls a customer in the contacts of its phone; null where it does not any more. */
export interface SavedName extends CustomerRef {
  name: string | null;
}

/** Reads `state_sync` of the field `smb_app_state_sync`; of several words of one customer the newest. */
export function readSavedNames(field: string, value: JsonRecord): SavedName[] {
  if (field !== 'smb_app_state_sync') return [];
  const words = listOf(value['state_sync']).flatMap((item) => readWord(item) ?? []);
  return words.toSorted((a, b) => a.at - b.at).map(({ saved }) => saved);
}

function readWord(item: unknown): { saved: SavedName; at: number } | undefined {
  if (!isRecord(item) || !isRecord(item['contact'])) return undefined;
  const { contact, metadata } = item;
  const digits = textOf(contact['phone_number'])?.replaceAll(/\D/g, '');
  const phone = idOf(digits);
  const userId = idOf(contact['user_id']);
  if (phone === undefined && userId === undefined) return undefined;
  const name = textOf(contact['full_name']) ?? textOf(contact['first_name']);
  const isRemoved = item['action'] === 'remove' || name === undefined;
  const at = isRecord(metadata) ? readTimestamp(metadata['timestamp']) : 0;
  return { saved: { phone, userId, name: isRemoved ? null : name }, at };
}
