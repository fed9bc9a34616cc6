import { isRecord, textOf, type JsonRecord } from './json-record.ts';

/** A customer's key changed: the chat under `from` goes on under `to`. */
export interface CustomerMove {
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
    return moves(textOf(value['from']), textOf(system['wa_id']) ?? textOf(system['new_wa_id']));
  }
  if (system['type'] === 'user_changed_user_id') {
    // The old id stands only in the sentence.
    const named = (textOf(system['body']) ?? '').match(BSUID) ?? [];
    return moves(named[0], textOf(system['user_id']));
  }
  return [];
}

function readUserIdUpdates(updates: unknown): CustomerMove[] {
  if (!Array.isArray(updates)) return [];
  return updates.filter(isRecord).flatMap((update) => {
    const ids = isRecord(update['user_id']) ? update['user_id'] : {};
    return moves(textOf(ids['previous']), textOf(ids['current']));
  });
}

function moves(from: string | undefined, to: string | undefined): CustomerMove[] {
  return from === undefined || to === undefined || from === to ? [] : [{ from, to }];
}
