import { sql, type SQL } from 'drizzle-orm';
import { insertEvent, placeContents, type WrittenEvent } from '../inbox/events.ts';
import { jsonChunks, type Database } from '../store/database.ts';
import type { Files } from '../store/files.ts';
import { moveChats } from './move-chats.ts';
import type { IngestPlan } from './plan.ts';
import { updateMessages } from './record-statuses.ts';

/**
 * Writes a plan: one D1 batch, so all of it or nothing, of a number of statements that does not grow
 * with the body. Throws a unique violation where another request has stored some of it meanwhile;
 * the caller then plans anew. Returns the event's sequence number and whether it is open.
 */
export async function recordPlan(
  db: Database,
  files: Files,
  plan: IngestPlan,
): Promise<WrittenEvent> {
  const contents = await placeContents(files, plan.event);
  const results = await db.batch<WrittenEvent[][]>([
    ...forgetOldDigest(plan),
    ...moveChats(plan.moves),
    ...insertMessages(plan),
    ...upsertChats(plan),
    ...insertMedia(plan),
    ...insertStatuses(plan),
    ...updateMessages(plan.statuses),
    ...insertErrors(plan),
    ...countUp(plan),
    insertEvent(plan.event, contents),
  ]);
  const written = results.at(-1)?.[0];
  if (written === undefined) throw new Error('The event was not written.');
  return written;
}

/** A digest older than its life makes room, or the body could never be taken again. */
function forgetOldDigest({ event }: IngestPlan): SQL[] {
  if (event.digest === null) return [];
  return [sql`update events set digest = null where digest = ${event.digest}`];
}

/** The ordinals go on from the chat's count, which is raised afterwards. */
function insertMessages({ messages }: IngestPlan): SQL[] {
  const rows = messages.map(({ source, rank, searchText }) => ({
    ...source,
    rank,
    search_text: searchText,
  }));
  const inserts = jsonChunks(rows).map(
    (json) => sql`
      insert into messages (id, waba_id, chat, from_us, type, timestamp, ordinal, payload, search_text, media_id)
      select j.value->>'id', j.value->>'waba_id', j.value->>'chat', j.value->>'from_us', j.value->>'type',
        j.value->>'timestamp', coalesce(c.inbound_count, 0) + (j.value->>'rank'), j.value->>'payload',
        j.value->>'search_text', j.value->>'media_id'
      from json_each(${json}) j left join chats c on c.wa_id = j.value->>'chat' order by j.key`,
  );
  const searchable = rows.filter((row) => row.search_text !== null).map((row) => row.id);
  return [...inserts, ...jsonChunks(searchable).map(indexMessages)];
}

function indexMessages(ids: SQL): SQL {
  return sql`insert into messages_search (rowid, text)
    select m.n, m.search_text from json_each(${ids}) j join messages m on m.id = j.value`;
}

function upsertChats({ chats }: IngestPlan): SQL[] {
  const upserts = jsonChunks(chats).map(
    (json) => sql`
      insert into chats (wa_id, user_id, name, contact, last_incoming, last_message, inbound_count, message_count)
      select j.value->>'waId', j.value->>'userId', j.value->>'name', j.value->>'contact', j.value->>'lastIncoming',
        j.value->>'lastMessage', j.value->>'incoming', j.value->>'messages'
      from json_each(${json}) j where true
      on conflict (wa_id) do update set
        user_id = coalesce(excluded.user_id, user_id),
        name = excluded.name,
        contact = excluded.contact,
        last_incoming = max(coalesce(last_incoming, excluded.last_incoming), coalesce(excluded.last_incoming, last_incoming)),
        last_message = max(coalesce(last_message, excluded.last_message), coalesce(excluded.last_message, last_message)),
        inbound_count = inbound_count + excluded.inbound_count,
        message_count = message_count + excluded.message_count`,
  );
  const renamed = chats.filter((chat) => chat.isRenamed).map((chat) => chat.waId);
  return [...upserts, ...jsonChunks(renamed).map(indexChats)];
}

function indexChats(keys: SQL): SQL {
  return sql`insert or replace into chats_search (rowid, text)
    select c.n, c.wa_id || ' ' || c.name from json_each(${keys}) j join chats c on c.wa_id = j.value`;
}

function insertMedia({ messages, event }: IngestPlan): SQL[] {
  const files = messages.flatMap(({ media }) => media ?? []);
  return jsonChunks(files).map(
    (json) => sql`
      insert into media (id, waba_id, state, mime_type, filename, next_at, created_at)
      select value->>'uuid', value->>'id', 'pending', value->>'mimeType', value->>'filename',
        ${event.createdAt}, ${event.createdAt}
      from json_each(${json})`,
  );
}

function insertStatuses({ statuses }: IngestPlan): SQL[] {
  return jsonChunks(statuses).map(
    (json) => sql`
      insert into statuses (waba_id, status, participant, timestamp, payload)
      select value->>'wabaId', value->>'status', value->>'participant', value->>'timestamp', value->>'payload'
      from json_each(${json})`,
  );
}

function insertErrors({ statuses, errors, event }: IngestPlan): SQL[] {
  const failures = statuses
    .filter((status) => status.status === 'failed' && status.messageId !== null)
    .map(({ messageId, wabaId, payload }) => ({ messageId, wabaId, payload }));
  const rows = [
    ...failures,
    ...errors.map((payload) => ({ messageId: null, wabaId: null, payload })),
  ];
  return jsonChunks(rows).map(
    (json) => sql`
      insert into waba_errors (message_id, waba_id, payload, timestamp)
      select value->>'messageId', value->>'wabaId', value->>'payload', ${Math.floor(event.createdAt / 1000)}
      from json_each(${json})`,
  );
}

function countUp({ messages, chats }: IngestPlan): SQL[] {
  const added = { messages: messages.length, chats: chats.filter((chat) => chat.isNew).length };
  return Object.entries(added)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => sql`update counters set value = value + ${count} where name = ${name}`);
}
