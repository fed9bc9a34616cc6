import { sql, type SQL } from 'drizzle-orm';
import { type Database, jsonChunks } from '../../store/database.ts';
import { bareContact, upsertChats } from '../chats/chat-rows.ts';
import { earliest, latest } from '../chats/merge-chats.ts';
import { attachFiles, insertMessages, type NewMessageRow } from '../messages/message-rows.ts';
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
  const { waId, rows, files, lateFiles, now } = write;
  return [
    ...jsonChunks(files.map(fileRow)).map(
      (json) => sql`
        insert into media (id, state, mime_type, filename, size, created_at)
        select value->>'id', 'stored', value->>'mimeType', value->>'filename', value->>'size', ${now}
        from json_each(${json})`,
    ),
    ...insertMessages(rows.map((row) => messageRow(row, waId))),
    ...storeChat(write),
    ...attachFiles(lateFiles.map(({ id, mediaId }) => ({ id, media_id: mediaId }))),
  ];
}

function messageRow(message: ImportedRow, chat: string): NewMessageRow {
  const { id, fromUs, type, timestamp, payload, searchText, mediaId } = message;
  return {
    id,
    chat,
    from_us: fromUs,
    type,
    timestamp,
    rank: fromUs === 1 ? null : 0,
    payload,
    search_text: searchText,
    media_id: mediaId,
    sent: fromUs === 1 ? timestamp : null,
  };
}

function storeChat({ waId, name, rows }: ImportWrite): SQL[] {
  if (rows.length === 0) return [];
  const chat = {
    waId,
    userId: null,
    name,
    contact: bareContact(waId, name),
    naming: 'where unnamed' as const,
    lastIncoming: latest(rows.map(({ fromUs, timestamp }) => (fromUs === 0 ? timestamp : null))),
    lastMessage: latest(rows.map(({ timestamp }) => timestamp)),
    firstMessage: earliest(rows.map(({ timestamp }) => timestamp)),
    kind: null,
    incoming: 0,
    messages: rows.length,
    isRenamed: true,
  };
  return upsertChats([chat]);
}

function fileRow({ id, mimeType, filename, content }: CheckedFile): object {
  return { id, mimeType, filename, size: content.size };
}
