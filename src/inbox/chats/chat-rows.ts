import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import { addCounted } from '../counters.ts';
import { ledTo, SEARCHED_AS } from './chat-aliases.ts';
import type { ChatRow } from './person.ts';

/**
 * Which name and contact a chat has afterwards that is there already: its own, what is told now, or that
 * only where it had none.
 */
type Naming = 'kept' | 'told' | 'where unnamed';

/** A chat to be made or brought up to date with new messages. */
export interface ChatUpsert {
  waId: string;
  /** The user id to give it; null leaves it the one that it has. */
  userId: string | null;
  name: string;
  /** The contact as JSON. */
  contact: string;
  naming: Naming;
  lastIncoming: number | null;
  lastMessage: number | null;
  /** Of the new messages; null where there are none. */
  firstMessage: number | null;
  kind: ChatRow['kind'];
  /** How many new messages there are from the customer, and how many at all. */
  incoming: number;
  messages: number;
  /** Whether what search finds the chat by has changed. */
  isRenamed: boolean;
}

/**
 * The statements that make new chats and bring known ones up to date. What was read before the write
 * may be old by now, so what is new is counted here, and a name that the write does not tell is kept.
 */
export function upsertChats(chats: readonly ChatUpsert[]): SQL[] {
  return [
    ...jsonChunks(chats.map(({ waId }) => waId)).map((keys) => countNew(keys, sql`k.value`)),
    ...jsonChunks(chats.filter(({ userId }) => userId !== null)).map(freeUserIds),
    ...[...Map.groupBy(chats, changedBy)].flatMap(([changes, group]) =>
      jsonChunks(group).map((json) => insertChats(json, CHANGES[changes])),
    ),
    ...jsonChunks(chats.filter(({ firstMessage }) => firstMessage !== null)).map((json) =>
      moveFirstMessages(sql`j.value->>'firstMessage'`, {
        from: sql`from json_each(${json}) j`,
        isOne: sql`chats.wa_id = j.value->>'waId'`,
      }),
    ),
    ...indexChats(chats.filter(({ isRenamed }) => isRenamed).map(({ waId }) => waId)),
  ];
}

/** Adds the chats that are new among some keys to the total; `led` is the key that `k.value` leads to. */
function countNew(keys: SQL, led: SQL): SQL {
  return addCounted(
    'chats',
    sql`select count(distinct k.value) as count from json_each(${keys}) k
      where not exists (select 1 from chats where wa_id = ${led})`,
  );
}

/** A user id belongs to one chat: the one that had it until now gives it up first. */
function freeUserIds(json: SQL): SQL {
  return sql`update chats set user_id = null from json_each(${json}) j
    where chats.user_id = j.value->>'userId' and chats.wa_id <> j.value->>'waId'`;
}

/** What becomes of a chat that is there already, beside its counts. */
type Changes = Naming | `${Naming}, user id`;

const NAMES: Record<Naming, SQL> = {
  kept: sql``,
  told: sql`name = iif(excluded.name = '', name, excluded.name), contact = excluded.contact,`,
  'where unnamed': sql`contact = iif(name = '', excluded.contact, contact),
    name = iif(name = '', excluded.name, name),`,
};

/** Only where there is a new one: naming an indexed column costs a written row, even if it stays the same. */
const USER_ID = sql`user_id = excluded.user_id,`;

const COUNTS = sql`
  last_incoming = max(coalesce(last_incoming, excluded.last_incoming), coalesce(excluded.last_incoming, last_incoming)),
  last_message = max(coalesce(last_message, excluded.last_message), coalesce(excluded.last_message, last_message)),
  inbound_count = inbound_count + excluded.inbound_count,
  resolved = iif(excluded.inbound_count > 0, 0, resolved),
  message_count = message_count + excluded.message_count,
  kind = coalesce(kind, excluded.kind)`;

const CHANGES: Record<Changes, SQL> = {
  kept: updated(NAMES.kept),
  told: updated(NAMES.told),
  'where unnamed': updated(NAMES['where unnamed']),
  'kept, user id': updated(sql`${NAMES.kept} ${USER_ID}`),
  'told, user id': updated(sql`${NAMES.told} ${USER_ID}`),
  'where unnamed, user id': updated(sql`${NAMES['where unnamed']} ${USER_ID}`),
};

function updated(changes: SQL): SQL {
  return sql`(wa_id) do update set ${changes} ${COUNTS}`;
}

function changedBy({ naming, userId }: ChatUpsert): Changes {
  return userId === null ? naming : `${naming}, user id`;
}

/** `then` is what follows `on conflict`. */
function insertChats(json: SQL, then: SQL, condition = sql`true`): SQL {
  return sql`
    insert into chats (wa_id, user_id, name, contact, saved_name, last_incoming, last_message, first_message, inbound_count, message_count, kind)
    select j.value->>'waId', j.value->>'userId', coalesce(j.value->>'name', ''), j.value->>'contact',
      j.value->>'savedName', j.value->>'lastIncoming', j.value->>'lastMessage', j.value->>'firstMessage',
      coalesce(j.value->>'incoming', 0), coalesce(j.value->>'messages', 0), j.value->>'kind'
    from json_each(${json}) j where ${condition} on conflict ${then}`;
}

/** By itself, because its index is written whenever the column is named: here only where it changes. */
function moveFirstMessages(at: SQL, { from = sql``, isOne }: { from?: SQL; isOne: SQL }): SQL {
  return sql`update chats set first_message = ${at} ${from}
    where ${isOne} and (chats.first_message is null or chats.first_message > ${at})`;
}

/** The statements that bring a chat, whose key is an expression, up to date with a message of ours. */
export function countOutgoing(key: SQL, seconds: number): SQL[] {
  return [
    sql`update chats set message_count = message_count + 1, last_message = max(coalesce(last_message, 0), ${seconds})
        where wa_id = ${key}`,
    moveFirstMessages(sql`${seconds}`, { isOne: sql`wa_id = ${key}` }),
  ];
}

/** A chat of which nothing is known but its key. */
export interface BareChat {
  waId: string;
  userId: string | null;
  kind: ChatRow['kind'];
}

/** The statements that make chats where neither they are there nor those that their keys lead to. */
export function makeChats(chats: readonly BareChat[]): SQL[] {
  const rows = chats.map((chat) => ({ ...chat, contact: bareContact(chat.waId) }));
  const keys = rows.map(({ waId }) => waId);
  const isNew = sql`not exists (select 1 from chats where wa_id = ${ledTo(sql`j.value->>'waId'`)})`;
  return [
    ...jsonChunks(keys).map((list) => countNew(list, ledTo(sql`k.value`))),
    ...jsonChunks(rows).map((json) => insertChats(json, sql`do nothing`, isNew)),
  ];
}

/** The contact (JSON) of somebody of whom nothing is known but the key. */
export function bareContact(waId: string, name = ''): string {
  return JSON.stringify({ profile: { name }, wa_id: waId });
}

/** A customer's name in the business' phone, for the chat of that key; null takes it away. */
export interface SavedName {
  waId: string;
  name: string | null;
}

/**
 * The statements that give customers the names of the business' own contacts. Who is not known yet becomes
 * a person without messages; a name that is taken away stays until the customer's own comes.
 */
export function saveNames(names: readonly SavedName[]): SQL[] {
  const saved = names.flatMap(({ waId, name }) =>
    name === null ? [] : [{ waId, name, savedName: name, contact: bareContact(waId, name) }],
  );
  const keys = saved.map(({ waId }) => waId);
  const removed = names.filter(({ name }) => name === null).map(({ waId }) => waId);
  const named = sql`(wa_id) do update set name = excluded.name, saved_name = excluded.saved_name,
    contact = json_set(contact, '$.profile.name', excluded.name)`;
  return [
    ...jsonChunks(keys).map((list) => countNew(list, sql`k.value`)),
    ...jsonChunks(saved).map((json) => insertChats(json, named)),
    ...indexChats(keys),
    ...jsonChunks(removed).map(
      (list) => sql`update chats set saved_name = null
        where wa_id in (select value from json_each(${list})) and saved_name is not null`,
    ),
  ];
}

/** The statements that give chats the user ids that WhatsApp told, where they have none yet. */
export function learnUserIds(chats: readonly { waId: string; userId: string }[]): SQL[] {
  return jsonChunks(chats).map(
    (json) => sql`
      update or ignore chats set user_id = j.value->>'userId'
      from json_each(${json}) j where chats.wa_id = j.value->>'waId' and chats.user_id is null`,
  );
}

/** The statements that let search find chats by what their rows say now. */
export function indexChats(keys: readonly string[]): SQL[] {
  return jsonChunks([...new Set(keys)]).map(
    (list) => sql`insert or replace into chats_search (rowid, text)
      select c.n, ${SEARCHED_AS} from json_each(${list}) j join chats c on c.wa_id = j.value`,
  );
}

/** The statements that take chats away whose keys are in a list `(…)`: their messages are gone already, or go elsewhere. */
export function deleteChats(keys: SQL, condition: SQL): SQL[] {
  return [
    addCounted(
      'chats',
      sql`select -count(*) as count from chats where wa_id in ${keys} and ${condition}`,
    ),
    sql`delete from chats_search
        where rowid in (select n from chats where wa_id in ${keys} and ${condition})`,
    sql`delete from chats where wa_id in ${keys} and ${condition}`,
  ];
}
