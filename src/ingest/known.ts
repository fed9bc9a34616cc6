import { sql, type SQL } from 'drizzle-orm';
import type { InboundCall } from '../config.ts';
import { selectByWabaId } from '../inbox/messages/load-messages.ts';
import type { ChatRow } from '../inbox/chats/person.ts';
import { contextIdOf, type MessageRow } from '../inbox/messages/present-message.ts';
import { selectChatTags, selectMessageTags, type TagOnRow } from '../inbox/tags/tags-on.ts';
import { jsonList, type Database } from '../store/database.ts';
import { decodeCallback } from '../waba/callback-data.ts';
import type { InboundBody } from '../waba/envelope.ts';
import { idOf } from '../waba/json-record.ts';

/** How long the digest of a body without ids is remembered: WABA redelivers for seven days. */
export const DIGEST_LIFE_MS = 8 * 24 * 60 * 60 * 1000;

/** A status that is stored already. */
export interface KnownStatus {
  waba_id: string;
  status: string;
  participant: string;
}

/** What the database knows about the contents of one body. */
export interface Known {
  chats: ChatRow[];
  /** Messages that the body repeats, replies to or has statuses of. */
  messages: MessageRow[];
  statuses: KnownStatus[];
  /** Of those chats and messages. */
  chatTags: TagOnRow[];
  messageTags: TagOnRow[];
  digestSeen: boolean;
}

/**
 * Reads all that is known about a body in one round trip; every lookup is by a unique key, and what the
 * body names nothing of is not looked up.
 */
export async function readKnown(
  db: Pick<Database, 'batch'>,
  inbound: InboundBody,
  { digest, now }: Pick<InboundCall, 'digest' | 'now'>,
): Promise<Known> {
  const contextIds = contextIdsIn(inbound);
  const ourIds = ourIdsIn(inbound);
  const statusIds = inbound.statuses.map((status) => status.id);
  const [chats, chatTags, byWabaId, byId, statuses, messageTags, digests] = await readSome<
    [ChatRow[], TagOnRow[], MessageRow[], MessageRow[], KnownStatus[], TagOnRow[], unknown[]]
  >(db, [
    selectChats(inbound),
    selectChatTags(chatKeys(inbound)),
    selectByWabaId(wabaIdsIn(inbound)),
    ourIds.length > 0 && selectByOurId(ourIds),
    statusIds.length > 0 && selectStatuses(statusIds),
    contextIds.length > 0 && selectMessageTags(selectIds(contextIds)),
    sql`select 1 from events where digest = ${digest} and created_at > ${now - DIGEST_LIFE_MS}`,
  ]);
  const messages = [...byWabaId, ...byId];
  return { chats, messages, statuses, chatTags, messageTags, digestSeen: digests.length > 0 };
}

/** Runs some of the queries in one round trip; the others have no rows. */
async function readSome<Results extends unknown[][]>(
  db: Pick<Database, 'batch'>,
  queries: readonly (SQL | false)[],
): Promise<Results> {
  const results = await db.batch(queries.filter((query) => query !== false));
  const rows: unknown = queries.map((query) => (query === false ? [] : results.shift()));
  // As with a batch: the queries stand beside the type argument where this is called.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return rows as Results;
}

function selectChats(inbound: InboundBody): SQL {
  const list = namedKeys(inbound);
  return sql`select * from chats where wa_id in (select value from json_each(${list}))
    union select * from chats where user_id in (select value from json_each(${list}))`;
}

/** The keys of `selectChats`, and some that no chat has. */
function chatKeys(inbound: InboundBody): SQL {
  const list = namedKeys(inbound);
  return sql`select value from json_each(${list})
    union select wa_id from chats where user_id in (select value from json_each(${list}))`;
}

function selectByOurId(ids: readonly string[]): SQL {
  return sql`select * from messages where id in (select value from json_each(${jsonList(ids)}))`;
}

function selectStatuses(ids: readonly string[]): SQL {
  return sql`select s.waba_id, s.status, s.participant from json_each(${jsonList(ids)}) j
    join statuses s on s.waba_id = j.value`;
}

function selectIds(wabaIds: readonly string[]): SQL {
  return sql`select id from messages where waba_id in (select value from json_each(${jsonList(wabaIds)}))`;
}

function namedKeys(inbound: InboundBody): SQL {
  const refs = [...inbound.contacts, ...inbound.messages, ...inbound.statuses];
  const keys = new Set<string>();
  for (const { phone, userId } of refs)
    for (const key of [phone, userId]) if (key !== undefined) keys.add(key);
  for (const { from, to } of inbound.moves) keys.add(from).add(to);
  return jsonList([...keys]);
}

function wabaIdsIn(inbound: InboundBody): string[] {
  const own = [...inbound.messages, ...inbound.statuses].map((item) => item.id);
  return [...new Set([...own, ...contextIdsIn(inbound)])];
}

/** WhatsApp's ids of the messages that the body's reply to. */
function contextIdsIn(inbound: InboundBody): string[] {
  return inbound.messages.flatMap((message) => idOf(contextIdOf(message.payload)) ?? []);
}

/** Our own ids that came back as callback data. */
function ourIdsIn(inbound: InboundBody): string[] {
  return inbound.statuses.flatMap(({ callbackData }) =>
    callbackData === undefined ? [] : (decodeCallback(callbackData) ?? []),
  );
}
