import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../store/database.ts';
import type { CustomerMove } from '../waba/customer-moves.ts';

/**
 * The statements that let chats go on under another key, merging them where both exist. The moved
 * messages' ordinals go on after the other chat's, and a user's marks add up: what was unread in
 * either stays unread. Rare, so the rows it writes do not matter.
 */
export function moveChats(moves: readonly CustomerMove[]): SQL[] {
  if (moves.length === 0) return [];
  const list = jsonList(moves);
  return [
    sql`update messages set chat = m.value->>'to',
          ordinal = ordinal + coalesce((select inbound_count from chats where wa_id = m.value->>'to'), 0)
        from json_each(${list}) m where messages.chat = m.value->>'from'`,
    sql`insert into marks (user_id, chat, ordinal)
        select k.user_id, m.value->>'to', k.ordinal
        from json_each(${list}) m join users u join marks k on k.user_id = u.id and k.chat = m.value->>'from'
        where true
        on conflict (user_id, chat) do update set ordinal = ordinal + excluded.ordinal`,
    sql`delete from marks where user_id in (select id from users)
        and chat in (select value->>'from' from json_each(${list}))`,
    sql`update outbox set chat = m.value->>'to' from json_each(${list}) m where outbox.chat = m.value->>'from'`,
    // Where the other chat exists, it takes over the counts and the moved one goes …
    sql`update chats set
          inbound_count = chats.inbound_count + f.inbound_count,
          message_count = chats.message_count + f.message_count,
          last_incoming = max(coalesce(chats.last_incoming, f.last_incoming), coalesce(f.last_incoming, chats.last_incoming)),
          last_message = max(coalesce(chats.last_message, f.last_message), coalesce(f.last_message, chats.last_message)),
          assigned_user_id = coalesce(chats.assigned_user_id, f.assigned_user_id),
          assigned_group_id = coalesce(chats.assigned_group_id, f.assigned_group_id)
        from json_each(${list}) m join chats f on f.wa_id = m.value->>'from'
        where chats.wa_id = m.value->>'to'`,
    sql`update counters set value = value - (
          select count(*) from json_each(${list}) m
          join chats f on f.wa_id = m.value->>'from' join chats t on t.wa_id = m.value->>'to')
        where name = 'chats'`,
    sql`delete from chats_search where rowid in (
          select f.n from json_each(${list}) m
          join chats f on f.wa_id = m.value->>'from' join chats t on t.wa_id = m.value->>'to')`,
    sql`delete from chats where wa_id in (
          select m.value->>'from' from json_each(${list}) m join chats t on t.wa_id = m.value->>'to')`,
    // … and where it does not, the moved one takes its key.
    sql`update chats set wa_id = m.value->>'to', contact = json_set(contact, '$.wa_id', m.value->>'to')
        from json_each(${list}) m where chats.wa_id = m.value->>'from'`,
  ];
}
