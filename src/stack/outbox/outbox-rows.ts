import { sql, type SQL } from 'drizzle-orm';
import { type Database, jsonList } from '../../store/database.ts';
import type { OutboxRow } from './outbox-state.ts';
import type { OutgoingMessage, ReferencedMessage } from './outgoing-message.ts';
import { RECALLED_SENDS } from './pair-rate.ts';

/** How many rows are read at once. */
export const PAGE_ROWS = 500;

/** Reads the next page of rows after row number `after`, in order. */
export async function readPage(db: Database, after: number): Promise<OutboxRow[]> {
  return db.all(sql`select * from outbox where n > ${after} order by n limit ${PAGE_ROWS}`);
}

/** Messages that may leave, by row number, with the number of the attempt. */
export interface MarkedMessages {
  attempts: Map<number, number>;
  messages: OutgoingMessage[];
  referenced: ReferencedMessage[];
}

/**
 * Writes down that messages are about to leave, and reads them. A message is not marked where a status
 * has told meanwhile that it did leave: it has WhatsApp's id then.
 */
export async function markAttempts(
  db: Database,
  ns: readonly number[],
  now: number,
): Promise<MarkedMessages> {
  const list = jsonList(ns);
  const [marked, messages, referenced] = await db.batch<
    [{ n: number; attempts: number }[], OutgoingMessage[], ReferencedMessage[]]
  >([
    sql`update outbox set attempted_at = ${now}, attempts = attempts + 1
        where n in (select value from json_each(${list}))
          and exists (select 1 from messages m where m.n = outbox.n and m.waba_id is null)
        returning n, attempts`,
    selectOutgoing(sql`m.n in (select value from json_each(${list}))`),
    sql`select r.id, r.waba_id, r.is_failed from messages m
        join messages r on r.id = coalesce(m.payload->>'$.context.message_id', m.payload->>'$.reaction.message_id')
        where m.n in (select value from json_each(${list}))`,
  ]);
  return { attempts: new Map(marked.map((row) => [row.n, row.attempts])), messages, referenced };
}

/** Reads those of the messages that a status has shown to have left, and that are still in the outbox. */
export async function readArrived(db: Database, ns: readonly number[]): Promise<OutgoingMessage[]> {
  return db.all(
    selectOutgoing(
      sql`m.n in (select o.n from json_each(${jsonList(ns)}) j join outbox o on o.n = j.value)
        and m.waba_id is not null`,
    ),
  );
}

/** Which of these rows are still there. */
export async function readRemaining(db: Database, ns: readonly number[]): Promise<Set<number>> {
  const rows = await db.all<{ n: number }>(
    sql`select n from outbox where n in (select value from json_each(${jsonList(ns)}))`,
  );
  return new Set(rows.map((row) => row.n));
}

/** No message waits in the outbox for longer than this and still counts as one just sent. */
const RECALL_SECONDS = 60 * 60;

/**
 * When the latest messages to these chats were sent (milliseconds, oldest first), as far as the pair's
 * rate needs it. A message is kept with the time at which it was accepted; where it has waited since,
 * its `sent` status knows better. Both are whole seconds: the end of one is the latest it can have been.
 */
export async function readLatestSends(
  db: Database,
  chats: readonly string[],
  now: number,
): Promise<Map<string, number[]>> {
  const since = Math.floor(now / 1000) - RECALL_SECONDS;
  const rows = await db.all<{ chat: string; at: number }>(sql`
    select m.chat, max(m.timestamp, coalesce(m.sent, 0)) * 1000 + 999 as at
    from json_each(${jsonList(chats)}) j join messages m on m.n in (
      select n from messages
      where chat = j.value and timestamp > ${since} and from_us = 1 and waba_id is not null
      order by timestamp desc, n desc limit ${RECALLED_SENDS}
    ) order by at`);
  const sends = new Map<string, number[]>();
  for (const { chat, at } of rows) {
    const times = sends.get(chat) ?? [];
    sends.set(chat, times);
    times.push(at);
  }
  return sends;
}

function selectOutgoing(where: SQL): SQL {
  return sql`select m.*, c.user_id as chat_user_id, c.assigned_user_id, c.assigned_group_id
    from messages m left join chats c on c.wa_id = m.chat where ${where}`;
}
