import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import { addToTotal } from '../counters.ts';
import type { MessageRow } from './present-message.ts';
import { SEARCH_KEY } from './search-text.ts';

/** The columns that a message must come with, and those that are empty where it does not name them. */
const REQUIRED = ['id', 'from_us', 'type', 'timestamp', 'payload', 'search_text'] as const;
const OPTIONAL = [
  'waba_id',
  'sender_id',
  'media_id',
  'sent',
  'delivered',
  'read',
  'callback_data',
  'api_origin',
  'participant',
  'participant_name',
  'refers_to',
  'edited',
  'origin',
] as const;

/** A message to be stored. */
export type NewMessageRow = Pick<MessageRow, (typeof REQUIRED)[number] | 'chat'> &
  Partial<Pick<MessageRow, (typeof OPTIONAL)[number] | 'is_failed'>> & {
    /**
     * Position among the customer's new messages in this write, from 1; 0 for one that is nothing new to
     * receive, which is before every mark. Null for our own.
     */
    rank: number | null;
  };

/** Where messages are put, as expressions over `j.value`, where not under their next number in their chat. */
interface Placing {
  n?: SQL;
  chat?: SQL;
}

/**
 * The statements that store new messages, let search find them and count them in the stack's total. The
 * ordinals go on from the chat's count, which is raised afterwards. Throws a unique violation where one
 * of them is there already.
 */
export function insertMessages(rows: readonly NewMessageRow[], placing: Placing = {}): SQL[] {
  if (rows.length === 0) return [];
  const searchable = rows.filter((row) => row.search_text !== null).map(({ id }) => id);
  return [
    ...jsonChunks(rows).map((json) => insertInto(json, placing)),
    ...jsonChunks(searchable).map((ids) =>
      indexMessages(sql`m.id in (select value from json_each(${ids}))`),
    ),
    addToTotal('messages', rows.length),
  ];
}

const COLUMNS = [...REQUIRED, ...OPTIONAL];

function insertInto(json: SQL, { n = sql`null`, chat = sql`j.value->>'chat'` }: Placing): SQL {
  const columns = sql.raw(COLUMNS.join(', '));
  const values = sql.raw(COLUMNS.map((column) => `j.value->>'${column}'`).join(', '));
  return sql`
    insert into messages (n, chat, ordinal, is_failed, ${columns})
    select ${n}, ${chat}, iif(j.value->>'rank' = 0, 0, coalesce(c.inbound_count, 0) + (j.value->>'rank')),
      coalesce(j.value->>'is_failed', 0), ${values}
    from json_each(${json}) j left join chats c on c.wa_id = j.value->>'chat' order by j.key`;
}

/** The statement that lets search find those messages `m`, which it does not know yet, that have a text. */
export function indexMessages(condition: SQL): SQL {
  return sql`insert into messages_search (rowid, text) ${indexed(condition)}`;
}

/** As `indexMessages`, of messages that it may know. */
function indexAgain(condition: SQL): SQL {
  return sql`insert or replace into messages_search (rowid, text) ${indexed(condition)}`;
}

/** In the order of the index, which is the cheapest to write. */
function indexed(condition: SQL): SQL {
  return sql`select ${SEARCH_KEY}, m.search_text from messages m
    where m.search_text is not null and ${condition} order by 1`;
}

/** The statement that keeps search from finding those messages `m`. To come before their texts or times change. */
export function unindexMessages(condition: SQL): SQL {
  return sql`delete from messages_search where rowid in (
    select ${SEARCH_KEY} from messages m where m.search_text is not null and ${condition})`;
}

/** The content of a message whose place was held until now. */
export type FilledRow = Pick<MessageRow, 'id' | 'type' | 'payload' | 'search_text' | 'media_id'>;

/** The statements that put the content of messages where a message of type `placeholder` held their place. */
export function fillMessages(rows: readonly FilledRow[], placeholder: string): SQL[] {
  return jsonChunks(rows).flatMap((json) => [
    sql`update messages set type = j.value->>'type', payload = j.value->>'payload',
        search_text = j.value->>'search_text', media_id = j.value->>'media_id'
      from json_each(${json}) j where messages.id = j.value->>'id' and messages.type = ${placeholder}`,
    indexAgain(sql`m.id in (select value->>'id' from json_each(${json}))`),
  ]);
}

/** The statements that give messages the files that they lacked until now. */
export function attachFiles(rows: readonly Pick<MessageRow, 'id' | 'media_id'>[]): SQL[] {
  return jsonChunks(rows).map(
    (json) => sql`
      update messages set media_id = j.value->>'media_id' from json_each(${json}) j
      where messages.id = j.value->>'id' and messages.media_id is null`,
  );
}

/** What new statuses say of one message of ours. */
export interface MessageProgress extends Pick<
  MessageRow,
  'id' | 'waba_id' | 'sent' | 'delivered' | 'read' | 'errors'
> {
  failed: 0 | 1;
}

/**
 * The statements that bring messages up to date with their statuses. Those come in any order and more
 * than once, so a time once set stays, and a failure counts only where nothing says that the message arrived.
 */
export function advanceMessages(progress: readonly MessageProgress[]): SQL[] {
  return jsonChunks(progress).map(
    (json) => sql`
      update messages set
        waba_id = coalesce(messages.waba_id, j.value->>'waba_id'),
        sent = coalesce(sent, j.value->>'sent'),
        delivered = coalesce(delivered, j.value->>'delivered'),
        read = coalesce(read, j.value->>'read'),
        is_failed = max(is_failed, j.value->>'failed')
          and coalesce(delivered, read, j.value->>'delivered', j.value->>'read') is null,
        errors = coalesce(j.value->>'errors', errors)
      from json_each(${json}) j where messages.id = j.value->>'id'`,
  );
}

/**
 * The statements that give messages, by row number, the ids under which WhatsApp took them. An id that a
 * status has brought before stays, and one that another row has cannot be written: better without it
 * than all that is written with it lost.
 */
export function acceptMessages(
  rows: readonly (Pick<MessageRow, 'n' | 'payload'> & { wabaId: string })[],
): SQL[] {
  return jsonChunks(rows).map(
    (json) => sql`
      update or ignore messages set waba_id = coalesce(messages.waba_id, j.value->>'wabaId'), payload = j.value->>'payload'
      from json_each(${json}) j where messages.n = j.value->>'n'`,
  );
}

/** The statements that mark messages, by row number, as refused, unless WhatsApp has them after all. */
export function refuseMessages(rows: readonly Pick<MessageRow, 'n' | 'errors'>[]): SQL[] {
  return jsonChunks(rows).map(
    (json) => sql`
      update messages set is_failed = 1, errors = j.value->>'errors'
      from json_each(${json}) j where messages.n = j.value->>'n' and messages.waba_id is null`,
  );
}
