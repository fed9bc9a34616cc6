import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import { findChat } from '../../inbox/chats/find-chat.ts';
import type { ChatRow } from '../../inbox/chats/person.ts';
import { assertAdmin } from '../../inbox/permissions.ts';
import { log } from '../../log.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { parseRecipient } from '../../waba/recipient.ts';
import { beginErasure, NOT_KNOWN } from '../../inbox/chats/erasure.ts';
import { workErasures } from './work-erasures.ts';

/** What of a customer is still there. */
interface Left {
  messages: number;
  /** Events to be looked through. */
  events: number;
}

/**
 * Erases a customer: all that the stack knows of them, under every key that they had. Works for
 * `budgetMs` at most; returns what is left then, for the stack's housekeeping to go on with, or undefined
 * where nothing is. Calling it again says how far it is. Throws `forbidden` for who is no admin and
 * `not_found` where nobody is known by `waId`.
 */
export async function eraseCustomer(
  stack: StackContext,
  actor: User,
  waId: string,
  { now, budgetMs }: { now: number; budgetMs: number },
): Promise<Left | undefined> {
  assertAdmin(actor);
  const { db, config } = stack;
  const chat = await findChat(db, waId);
  const traces = chat === undefined ? await findTraces(db, waId) : undefined;
  const key = chat?.wa_id ?? traces?.key;
  if (key === undefined) throw notFound();
  if (traces?.isBegun !== true) {
    const keys = await customerKeys(db, { wa_id: key, user_id: chat?.user_id ?? null });
    await db.run(beginErasure(keys, now));
    log('erasing_begun', { stack: config.name, user: actor.id });
  }
  await workErasures(stack, now + budgetMs, key);
  return leftOf(db, key);
}

interface Traces {
  key: string;
  /** Whether nothing is left to do but to go on. */
  isBegun: boolean;
}

/** Somebody whose chat is gone: they are being erased, or only a message to them is there. */
async function findTraces(db: Database, waId: string): Promise<Traces | undefined> {
  const key = parseRecipient(waId);
  if (key === undefined) return undefined;
  const row = await db.first<{ is_begun: number; has_messages: number }>(sql`
    select exists (select 1 from erasures where chat = ${key}) as is_begun,
      exists (select 1 from messages where chat = ${key}) as has_messages`);
  if (row?.is_begun !== 1 && row?.has_messages !== 1) return undefined;
  return { key, isBegun: row.has_messages === 0 };
}

async function leftOf(db: Database, key: string): Promise<Left | undefined> {
  return db.first<Left>(sql`
    select (select count(*) from messages where chat = ${key}) as messages,
      iif(until_seq = ${NOT_KNOWN}, (select coalesce(max(seq), 0) from events), until_seq - cursor_seq) as events
    from erasures where chat = ${key}`);
}

/**
 * All keys that a customer is known to have had: that of the chat, the user id, and the numbers and ids
 * in the messages, which stay as they came when a chat goes on under another key. What belongs to
 * somebody else's chat by now is left out.
 */
async function customerKeys(
  db: Database,
  { wa_id: chat, user_id: userId }: Pick<ChatRow, 'wa_id' | 'user_id'>,
): Promise<string[]> {
  const rows = await db.all<{ key: string }>(sql`
    with named(key) as (
      select ${chat} union select ${userId}
      union select alias from chat_aliases where chat = ${chat}
      union select cast(p.value as text)
        from messages m join json_each(json_array(
          iif(m.from_us = 0, m.payload->>'$.from', m.payload->>'$.to'),
          iif(m.from_us = 0, m.payload->>'$.from_user_id', m.payload->>'$.to_user_id'),
          iif(m.from_us = 1, m.payload->>'$.recipient', null),
          m.payload->>'$.system.wa_id', m.payload->>'$.system.new_wa_id', m.payload->>'$.system.user_id'
        )) p
        where m.chat = ${chat} and json_valid(m.payload)
    )
    select key from named where key is not null and key != ''
      and not exists (select 1 from chats c where c.wa_id = named.key and c.wa_id != ${chat})
      and not exists (select 1 from chats c where c.user_id = named.key and c.wa_id != ${chat})`);
  return rows.map((row) => row.key);
}
