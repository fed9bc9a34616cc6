import { sql, type SQL } from 'drizzle-orm';
import { SEARCHED_AS } from '../inbox/chats/chat-aliases.ts';
import { jsonChunks } from '../store/database.ts';
import { chatsAsStored } from '../events/event.ts';
import { KINDS } from '../events/kinds.ts';
import type { ChatWrite } from './plan-chats.ts';
import { recordReferrals } from './record-referrals.ts';

/**
 * The statements that make new chats and bring known ones up to date. What was read before the write
 * may be old by now, so what is new is counted here, and a name that the body does not tell is kept.
 */
export function upsertChats(chats: readonly ChatWrite[]): SQL[] {
  const rows = chats.map(({ person: _person, referral: _referral, ...row }) => row);
  const renamed = rows.filter((row) => row.isRenamed).map((row) => row.waId);
  return [
    ...jsonChunks(rows.map((row) => row.waId)).map(countNew),
    ...jsonChunks(rows.filter((row) => row.userId !== null)).map(freeUserIds),
    ...[...Map.groupBy(rows, changedBy)].flatMap(([changes, group]) =>
      jsonChunks(group).map((json) => upsert(json, CHANGES[changes])),
    ),
    ...jsonChunks(rows.filter((row) => row.firstMessage !== null)).map(moveFirstMessages),
    ...recordReferrals(chats),
    ...jsonChunks(renamed).map(indexChats),
  ];
}

function countNew(keys: SQL): SQL {
  return sql`update counters set value = value + new.count
    from (select count(*) as count from json_each(${keys}) k
      where not exists (select 1 from chats where wa_id = k.value)) new
    where name = 'chats' and new.count > 0`;
}

/** A user id belongs to one chat: the one that had it until now gives it up first. */
function freeUserIds(json: SQL): SQL {
  return sql`update chats set user_id = null from json_each(${json}) j
    where chats.user_id = j.value->>'userId' and chats.wa_id <> j.value->>'waId'`;
}

type Changes = 'counts' | 'name' | 'user_id' | 'name and user_id';

const NAME = sql`name = iif(excluded.name = '', name, excluded.name), contact = excluded.contact,`;

/** Only where there is a new one: naming an indexed column costs a written row, even if it stays the same. */
const USER_ID = sql`user_id = excluded.user_id,`;

/** What is set beside the counts. */
const CHANGES: Record<Changes, SQL> = {
  counts: sql``,
  name: NAME,
  user_id: USER_ID,
  'name and user_id': sql`${NAME} ${USER_ID}`,
};

function changedBy({ hasContact, userId }: Pick<ChatWrite, 'hasContact' | 'userId'>): Changes {
  if (userId === null) return hasContact ? 'name' : 'counts';
  return hasContact ? 'name and user_id' : 'user_id';
}

function upsert(json: SQL, changes: SQL): SQL {
  return sql`
    insert into chats (wa_id, user_id, name, contact, last_incoming, last_message, first_message, inbound_count, message_count, kind)
    select j.value->>'waId', j.value->>'userId', j.value->>'name', j.value->>'contact', j.value->>'lastIncoming',
      j.value->>'lastMessage', j.value->>'firstMessage', j.value->>'incoming', j.value->>'messages', j.value->>'kind'
    from json_each(${json}) j where true
    on conflict (wa_id) do update set
      ${changes}
      last_incoming = max(coalesce(last_incoming, excluded.last_incoming), coalesce(excluded.last_incoming, last_incoming)),
      last_message = max(coalesce(last_message, excluded.last_message), coalesce(excluded.last_message, last_message)),
      inbound_count = inbound_count + excluded.inbound_count,
      resolved = iif(excluded.inbound_count > 0, 0, resolved),
      message_count = message_count + excluded.message_count,
      kind = coalesce(kind, excluded.kind)`;
}

/** By itself, because its index is written whenever the column is named: here only where it changes. */
function moveFirstMessages(json: SQL): SQL {
  return sql`update chats set first_message = j.value->>'firstMessage' from json_each(${json}) j
    where chats.wa_id = j.value->>'waId'
      and (chats.first_message is null or chats.first_message > j.value->>'firstMessage')`;
}

function indexChats(keys: SQL): SQL {
  return sql`insert or replace into chats_search (rowid, text)
    select c.n, ${SEARCHED_AS} from json_each(${keys}) j join chats c on c.wa_id = j.value`;
}

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
        (select 1 from webhooks w where w.is_enabled = 1 and ${KINDS.resolved.isWanted} limit 1),
        json_object('chat_resolved', json_object('wa_id', c.wa_id, 'resolved', json('false'))), '{}', '[]',
        ${chatsAsStored(sql`json_array(json_object('wa_id', c.wa_id, 'assigned_user_id', c.assigned_user_id,
          'assigned_group_id', c.assigned_group_id, 'resolved', 0))`)}, '[]'
      from json_each(${json}) j join chats c on c.wa_id = j.value->>'waId'
      where c.resolved = 1 order by j.key returning seq, open`,
  );
}
