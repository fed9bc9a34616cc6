import { sql, type SQL } from 'drizzle-orm';
import { isToldActs } from '../webhooks/acts.ts';
import { jsonChunks } from '../store/database.ts';
import type { ChatWrite } from './plan-chats.ts';

/**
 * The statements that tell of resolved chats which a customer's new message opens again: an event each,
 * returned as `WrittenEvent`; nearly always none. They come before the statements that open them.
 */
export function reopenChats(chats: readonly ChatWrite[], now: number): SQL[] {
  const reopened = chats
    .filter((chat) => chat.isReopened)
    .map(({ waId }) => ({ waId, id: crypto.randomUUID() }));
  return jsonChunks(reopened).map(
    (json) => sql`
      insert into events (id, kind, created_at, open, extended, headers, fields, chats, incoming)
      select j.value->>'id', 'resolved', ${now},
        (select 1 from webhooks w where w.is_enabled = 1 and ${isToldActs()} limit 1),
        json_object('chat_resolved', json_object('wa_id', c.wa_id, 'resolved', json('false'))), '{}', '[]',
        json_array(json_object('wa_id', c.wa_id, 'assigned_user_id', c.assigned_user_id,
          'assigned_group_id', c.assigned_group_id)), '[]'
      from json_each(${json}) j join chats c on c.wa_id = j.value->>'waId'
      where c.resolved = 1 order by j.key returning seq, open`,
  );
}
