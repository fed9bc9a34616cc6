import { sql, type SQL } from 'drizzle-orm';
import { type Database, jsonChunks } from '../../store/database.ts';
import { SEARCHED_AS } from '../chats/chat-aliases.ts';
import { SEARCH_KEY } from '../messages/search-text.ts';
import type { CheckedFile } from './import-files.ts';
import type { ImportedMessage } from './plan-import.ts';

/** A message to be written, with the id of its file where that is there. */
export type ImportedRow = ImportedMessage & { mediaId: string | null };

/** What is written in one transaction. */
export interface ImportWrite {
  waId: string;
  /** What the phone calls the customer; empty where only the number is known. */
  name: string;
  rows: readonly ImportedRow[];
  files: readonly CheckedFile[];
  /** Messages that are there already, and the files that they lacked until now. */
  lateFiles: readonly { id: string; mediaId: string }[];
  /** Milliseconds. */
  now: number;
}

/** A message that is there already. */
export interface KnownMessage {
  id: string;
  /** 1 where it was imported before and its file was not there; 0 otherwise. */
  lacksFile: number;
}

/**
 * Returns which of the messages are there already: imported before, or come from WhatsApp at the time
 * that the export tells, with the same words.
 */
export async function findKnown(
  db: Database,
  waId: string,
  messages: readonly ImportedMessage[],
): Promise<Map<string, KnownMessage>> {
  const asked = messages.map(({ payload: _payload, ...message }) => message);
  const found = await db.batch<KnownMessage[][]>(
    jsonChunks(asked).map(
      (json) => sql`
        select j.value->>'id' as id,
          m.id is not null and m.media_id is null and m.type <> 'text' as lacksFile
        from json_each(${json}) j left join messages m on m.id = j.value->>'id'
        where m.id is not null or exists (
          select 1 from messages live
          where live.chat = ${waId} and live.timestamp >= j.value->>'timestamp'
            and live.timestamp <= j.value->>'until' and live.waba_id is not null
            and live.from_us = j.value->>'fromUs' and live.type = j.value->>'type'
            and live.search_text is j.value->>'searchText')`,
    ),
  );
  return new Map(found.flat().map((known) => [known.id, known]));
}

/**
 * The statements that store messages of the past. They are nobody's new messages: an ordinal of 0 is
 * before every mark, and no event tells of them. What the customer's name is here already is kept.
 */
export function storeImport(write: ImportWrite): SQL[] {
  const { rows, files, lateFiles, now } = write;
  const ids = rows.map(({ id }) => id);
  return [
    ...storeChat(write),
    ...jsonChunks(files.map(fileRow)).map(
      (json) => sql`
        insert into media (id, state, mime_type, filename, size, created_at)
        select value->>'id', 'stored', value->>'mimeType', value->>'filename', value->>'size', ${now}
        from json_each(${json})`,
    ),
    ...jsonChunks(rows).map((json) => insertMessages(json, write.waId)),
    ...jsonChunks(ids).map(
      (json) => sql`
        insert into messages_search (rowid, text)
        select ${SEARCH_KEY}, search_text from json_each(${json}) j join messages m on m.id = j.value
        where search_text is not null order by 1`,
    ),
    ...jsonChunks(lateFiles).map(
      (json) => sql`
        update messages set media_id = j.value->>'mediaId' from json_each(${json}) j
        where messages.id = j.value->>'id' and messages.media_id is null`,
    ),
    sql`update counters set value = value + ${rows.length} where name = 'messages'`,
  ];
}

function insertMessages(json: SQL, waId: string): SQL {
  return sql`
    insert into messages (id, chat, from_us, type, timestamp, ordinal, payload, search_text, media_id, sent)
    select j.value->>'id', ${waId}, j.value->>'fromUs', j.value->>'type', j.value->>'timestamp',
      iif(j.value->>'fromUs' = 1, null, 0), j.value->>'payload', j.value->>'searchText',
      j.value->>'mediaId', iif(j.value->>'fromUs' = 1, j.value->>'timestamp', null)
    from json_each(${json}) j order by j.key`;
}

function storeChat({ waId, name, rows }: ImportWrite): SQL[] {
  if (rows.length === 0) return [];
  const contact = JSON.stringify({ profile: { name }, wa_id: waId });
  const times = rows.map(({ timestamp }) => timestamp);
  const newest = times.reduce((a, b) => Math.max(a, b));
  const oldest = times.reduce((a, b) => Math.min(a, b));
  const incoming = rows.filter(({ fromUs }) => fromUs === 0);
  const newestIncoming = incoming.reduce((a, { timestamp }) => Math.max(a, timestamp), 0) || null;
  return [
    sql`update counters set value = value + 1
        where name = 'chats' and not exists (select 1 from chats where wa_id = ${waId})`,
    sql`insert into chats (wa_id, name, contact, last_incoming, last_message, first_message, message_count)
        values (${waId}, ${name}, ${contact}, ${newestIncoming}, ${newest}, ${oldest}, ${rows.length})
        on conflict (wa_id) do update set
          contact = iif(name = '', excluded.contact, contact),
          name = iif(name = '', excluded.name, name),
          last_incoming = max(coalesce(last_incoming, excluded.last_incoming), coalesce(excluded.last_incoming, last_incoming)),
          last_message = max(coalesce(last_message, excluded.last_message), excluded.last_message),
          first_message = min(coalesce(first_message, excluded.first_message), excluded.first_message),
          message_count = message_count + excluded.message_count`,
    sql`insert or replace into chats_search (rowid, text)
        select c.n, ${SEARCHED_AS} from chats c where c.wa_id = ${waId}`,
  ];
}

function fileRow({ id, mimeType, filename, content }: CheckedFile): object {
  return { id, mimeType, filename, size: content.size };
}
