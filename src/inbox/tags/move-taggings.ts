import { sql, type SQL } from 'drizzle-orm';

/**
 * The statements that let tags and their history go along with chats that go on under another key.
 * `moves` is a JSON list of `{from, to}`; call them once the chats have moved. A tag that both chats have
 * stays as it is on the other one.
 */
export function moveTaggings(moves: SQL): SQL[] {
  const isMoved = sql`(select value->>'from' from json_each(${moves}))`;
  return [
    sql`update or ignore chat_taggings set chat = m.value->>'to',
          last_message = (select last_message from chats where wa_id = m.value->>'to')
        from json_each(${moves}) m where chat_taggings.chat = m.value->>'from'`,
    sql`delete from chat_taggings where chat in ${isMoved}`,
    // Each of the two kinds has an index of its own.
    sql`update tagging_events set chat = m.value->>'to'
        from json_each(${moves}) m where tagging_events.chat = m.value->>'from' and message is null`,
    sql`update tagging_events set chat = m.value->>'to'
        from json_each(${moves}) m where tagging_events.chat = m.value->>'from' and message is not null`,
  ];
}
