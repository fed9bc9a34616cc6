import { sql, type SQL } from 'drizzle-orm';
import { WaypostError } from '../error.ts';
import { type Database, readJson } from '../store/database.ts';
import type { Files } from '../store/files.ts';
import type { events } from '../store/schema.ts';
import type { EventChat } from './audience.ts';
import { type EventKind, KINDS } from './kinds.ts';

export type EventRow = typeof events.$inferSelect;

/** The lists in the get.chat shape of an event: only what is new, under the names that the spec gives it. */
export interface ExtendedLists {
  contacts?: unknown[];
  messages?: unknown[];
  statuses?: unknown[];
  errors?: unknown[];
  incoming_messages?: unknown[];
  outgoing_messages?: unknown[];
  assigned_messages?: unknown[];
  waba_errors?: unknown[];
  disabled_webhooks?: unknown[];
}

/** The get.chat shape of an event. What was done in the inbox is one object each. */
export interface ExtendedPayload extends ExtendedLists {
  chat_assignment?: object;
  chat_resolved?: object;
  user_availability?: object;
  chat_tagging?: object;
  message_tagging?: object;
  /** The names that the spec calls deprecated: the same objects, each in a list. */
  tagged_chats?: object[];
  tagged_messages?: object[];
}

/** An event that is about to be written. */
export interface NewEvent {
  id: string;
  kind: EventKind;
  createdAt: number;
  /** What `on_cloud_api` subscribers get, or null where there is nothing of WABA's in it. */
  body: string | null;
  extended: ExtendedPayload;
  /** Signature headers of an unchanged body. */
  headers: Record<string, string>;
  fields: readonly string[];
  chats: readonly EventChat[];
  /** Ids of the incoming messages in it. */
  incoming: readonly string[];
  digest: string | null;
}

/**
 * An event of our own, about what was done at `now` (milliseconds): nothing of WABA's is in it. `incoming`
 * are messages of customers that it shows.
 */
export function ownEvent(
  kind: Exclude<EventKind, 'waba'>,
  told: Pick<NewEvent, 'extended' | 'chats'> & Partial<Pick<NewEvent, 'id' | 'incoming'>>,
  now: number,
): NewEvent {
  return {
    id: crypto.randomUUID(),
    kind,
    createdAt: now,
    body: null,
    headers: {},
    fields: [],
    incoming: [],
    digest: null,
    ...told,
  };
}

/** A delivery of an event that succeeded at the first try. */
export interface Receipt {
  /** The id of the webhook. */
  webhook: number;
  /** The HTTP status that the receiver answered with. */
  status: number;
  /** Milliseconds; how long the attempt took. */
  ms: number;
  /** Milliseconds; when it began. */
  at: number;
}

/** What writing an event returns. */
export interface WrittenEvent {
  seq: number;
  /** 1 where a subscriber has to be told. */
  open: number | null;
}

/**
 * A D1 row holds 2,000,000 bytes (D1's limits page). A body that does not fit with its extended shape
 * lies in R2; the margin leaves room for the other columns and for characters of several bytes.
 */
const MAX_INLINE_BYTES = 1_500_000;

const encoder = new TextEncoder();

/**
 * Puts an event's contents into R2 where they are too large for a row. Call it before the batch with
 * `insertEvent`; returns what to hand to that. An object without its row is harmless.
 */
export async function placeContents(
  files: Files,
  event: NewEvent,
): Promise<{ inR2: boolean; extended: string }> {
  const extended = JSON.stringify(event.extended);
  const size = encoder.encode(event.body ?? '').length + encoder.encode(extended).length;
  if (size <= MAX_INLINE_BYTES) return { inR2: false, extended };
  if (event.body !== null) await files.put(bodyKey(event.id), event.body);
  await files.put(extendedKey(event.id), extended);
  return { inR2: true, extended };
}

/**
 * The statement that writes an event and returns it as `WrittenEvent`. The event is open where an
 * enabled webhook takes its kind: with no subscriber nothing is rung and nothing is written later.
 * Where `condition` does not hold, nothing is written.
 */
export function insertEvent(
  event: NewEvent,
  contents: { inR2: boolean; extended: string },
  condition: SQL = sql`true`,
): SQL {
  return sql`
    insert into events (id, kind, created_at, open, body, extended, in_r2, headers, fields, chats, incoming, digest)
    select
      ${event.id}, ${event.kind}, ${event.createdAt},
      (select 1 from webhooks w where is_enabled = 1 and ${KINDS[event.kind].isWanted} limit 1),
      ${contents.inR2 ? null : event.body}, ${contents.inR2 ? null : contents.extended},
      ${contents.inR2 ? 1 : 0}, ${JSON.stringify(event.headers)}, ${JSON.stringify(event.fields)},
      ${event.chats.length === 0 ? '[]' : chatsAsStored(sql`${JSON.stringify(event.chats)}`)},
      ${JSON.stringify(event.incoming)}, ${event.digest}
    where ${condition} returning seq, open`;
}

/**
 * The chats of an event (a JSON array) as its row has them: with what the other dialects show of a chat, as it is in
 * the database now, but for what was said already. Where no webhook is of one of them nothing is looked up.
 */
export function chatsAsStored(chats: SQL): SQL {
  return sql`(case when exists (select 1 from webhooks where dialect != 'getchat') then (
      select json_group_array(json(chat)) from (
        select json_insert(j.value, '$.n', k.n, '$.resolved', k.resolved, '$.unread', max(0, k.inbound_count - coalesce((
          select max(m.ordinal) from users p cross join marks m on m.user_id = p.id and m.chat = k.wa_id
          where p.role != 'app'), 0))) as chat
        from json_each(${chats}) j left join chats k on k.wa_id = j.value->>'wa_id' order by j.key))
    else ${chats} end)`;
}

/** The sequence number of the newest event; 0 where there is none. */
export async function newestSeq(db: Database): Promise<number> {
  const row = await db.first<{ seq: number }>(sql`select coalesce(max(seq), 0) as seq from events`);
  return row?.seq ?? 0;
}

/** Said of an event whose contents were pruned or erased. */
export const CONTENTS_GONE = 'What the event says is not stored any more.';

/** What an event says. */
export interface EventContents {
  body: string | null;
  extended: ExtendedPayload;
}

type ContentsRow = Pick<EventRow, 'id' | 'body' | 'extended' | 'in_r2'>;

/** An event's contents, wherever they lie. Throws `not_found` where they are there no more. */
export async function readContents(files: Files, row: ContentsRow): Promise<EventContents> {
  const contents = await findContents(files, row);
  if (contents === null) throw new WaypostError('not_found', CONTENTS_GONE);
  return contents;
}

/** An event's contents; null where they are there no more, which must not end a list of events. */
export async function findContents(files: Files, row: ContentsRow): Promise<EventContents | null> {
  const body = row.in_r2 === 1 ? await files.getText(bodyKey(row.id)) : row.body;
  const extended = row.in_r2 === 1 ? await files.getText(extendedKey(row.id)) : row.extended;
  return extended === null ? null : { body, extended: readJson(extended) };
}

/** The texts of an event that lie in R2, as another stack takes them; null for what is there no more. */
export async function findRawContents(
  files: Files,
  id: string,
): Promise<{ body: string | null; extended: string | null }> {
  const body = await files.getText(bodyKey(id));
  return { body, extended: await files.getText(extendedKey(id)) };
}

/** Puts them into R2, those that are texts. */
export async function placeRawContents(
  files: Files,
  id: string,
  { body, extended }: { body: unknown; extended: unknown },
): Promise<void> {
  if (typeof body === 'string') await files.put(bodyKey(id), body);
  if (typeof extended === 'string') await files.put(extendedKey(id), extended);
}

/** Where an event's contents lie among the stack's files, once they are in R2. */
export function contentsKeys({ id }: Pick<EventRow, 'id'>): string[] {
  return [bodyKey(id), extendedKey(id)];
}

function bodyKey(id: string): string {
  return `events/${id}/body`;
}

function extendedKey(id: string): string {
  return `events/${id}/extended`;
}
