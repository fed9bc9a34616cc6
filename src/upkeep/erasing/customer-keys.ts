import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { ChatRow } from '../../inbox/chats/person.ts';

/**
 * All keys that a customer is known to have had: that of the chat, the user id, and the numbers and ids
 * in the messages, which stay as they came when a chat goes on under another key. What belongs to
 * somebody else's chat by now is left out.
 */
export async function customerKeys(
  db: Database,
  { wa_id: chat, user_id: userId }: Pick<ChatRow, 'wa_id' | 'user_id'>,
): Promise<string[]> {
  const rows = await db.all<{ key: string }>(sql`
    with named(key) as (
      select ${chat} union select ${userId}
      union select alias from chat_aliases where chat = ${chat}
      union select cast(p.value as text)
        from messages m join json_each(json_array(
          iif(m.from_us = 0, m.payload->>'$.from', m.payload->>'$.to'),
          iif(m.from_us = 0, m.payload->>'$.from_user_id', m.payload->>'$.to_user_id'),
          iif(m.from_us = 1, m.payload->>'$.recipient', null),
          m.payload->>'$.system.wa_id', m.payload->>'$.system.new_wa_id', m.payload->>'$.system.user_id'
        )) p
        where m.chat = ${chat} and json_valid(m.payload)
    )
    select key from named where key is not null and key != ''
      and not exists (select 1 from chats c where c.wa_id = named.key and c.wa_id != ${chat})
      and not exists (select 1 from chats c where c.user_id = named.key and c.wa_id != ${chat})`);
  return rows.map((row) => row.key);
}
