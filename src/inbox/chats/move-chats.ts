import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import { NOT_KNOWN } from './erasure.ts';
import { moveTaggings } from '../tags/taggings.ts';
import { moveAliases } from './chat-aliases.ts';
import { deleteChats, indexChats } from './chat-rows.ts';
import { mergedColumns } from './merge-chats.ts';

/** A stored chat that goes on under another key. */
export interface ChatMove {
  from: string;
  to: string;
  /** Whether both are one customer's names, rather than the former one and the present. */
  isAlias: boolean;
}

/**
 * The statements that let chats go on under another key, merging them where both exist. The moved
 * messages' ordinals go on after the other chat's, and a user's marks add up: what was unread in
 * either stays unread. Rare, so the rows it writes do not matter. No `to` may be another one's `from`.
 */
export function moveChats(moves: readonly ChatMove[]): SQL[] {
  return roundsOf(moves).flatMap(moveApart);
}

/** In a round every key gets one chat: the second that moves there then finds the first, and merges. */
function roundsOf(moves: readonly ChatMove[]): ChatMove[][] {
  const rounds: ChatMove[][] = [];
  const counts = new Map<string, number>();
  for (const move of moves) {
    const round = counts.get(move.to) ?? 0;
    counts.set(move.to, round + 1);
    rounds[round] = [...(rounds[round] ?? []), move];
  }
  return rounds;
}

function moveApart(moves: readonly ChatMove[]): SQL[] {
  const list = jsonList(moves);
  return [
    ...moveAliases(list),
    // Who is being erased is, under the new key, too.
    sql`insert or ignore into erasures (chat, cursor_seq, until_seq, created_at)
        select m.value->>'to', e.cursor_seq, e.until_seq, e.created_at
        from json_each(${list}) m join erasures e on e.chat = m.value->>'from' and e.until_seq = ${NOT_KNOWN}`,
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
    sql`update assignment_events set chat = m.value->>'to'
        from json_each(${list}) m where assignment_events.chat = m.value->>'from'`,
    // What was looked at under another key is looked at again.
    sql`delete from unread_views`,
    sql`update outbox set chat = m.value->>'to' from json_each(${list}) m where outbox.chat = m.value->>'from'`,
    // Where the other chat exists, it takes over what it does not know, and the moved one goes …
    sql`update chats set ${mergedColumns()}
        from json_each(${list}) m join chats f on f.wa_id = m.value->>'from'
        where chats.wa_id = m.value->>'to'`,
    ...deleteChats(
      sql`(select m.value->>'from' from json_each(${list}) m join chats t on t.wa_id = m.value->>'to')`,
      sql`true`,
    ),
    // … and where it does not, the moved one takes its key.
    sql`update chats set wa_id = m.value->>'to', contact = json_set(contact, '$.wa_id', m.value->>'to')
        from json_each(${list}) m where chats.wa_id = m.value->>'from'`,
    ...indexChats(moves.map(({ to }) => to)),
    ...moveTaggings(list),
  ];
}
