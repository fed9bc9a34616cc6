import { idOf, isRecord, textOf, type JsonRecord } from './json-record.ts';

/** WhatsApp's word that a customer has another number or another user id. */
export interface CustomerMove {
  kind: 'number' | 'user_id';
  from: string;
  to: string;
}

/** A business-scoped user id: a country, perhaps a portfolio, and letters or digits (360dialog's BSUID page). */
const BSUID = /\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}\b/g;

/**
 * Reads changes of number or user id, from the `user_id_update` field or from a system message
 * (`field` is then "system" and `value` the message).
 */
export function readMoves(field: string, value: JsonRecord): CustomerMove[] {
  if (field === 'user_id_update') return readUserIdUpdates(value['user_id_update']);
  const system = value['system'];
  if (field !== 'system' || !isRecord(system)) return [];
  if (system['type'] === 'user_changed_number') {
    // `wa_id` since 2023, `new_wa_id` before.
    const to = idOf(system['wa_id']) ?? idOf(system['new_wa_id']);
    return moves('number', idOf(value['from']), to);
  }
  if (system['type'] === 'user_changed_user_id') {
    // The old id stands only in the sentence.
    const named = (textOf(system['body']) ?? '').match(BSUID) ?? [];
    return moves('user_id', named[0], idOf(system['user_id']));
  }
  return [];
}

function readUserIdUpdates(updates: unknown): CustomerMove[] {
  if (!Array.isArray(updates)) return [];
  return updates.filter(isRecord).flatMap((update) => {
    const ids = isRecord(update['user_id']) ? update['user_id'] : {};
    return moves('user_id', idOf(ids['previous']), idOf(ids['current']));
  });
}

function moves(
  kind: CustomerMove['kind'],
  from: string | undefined,
  to: string | undefined,
): CustomerMove[] {
  return from === undefined || to === undefined || from === to ? [] : [{ kind, from, to }];
}
