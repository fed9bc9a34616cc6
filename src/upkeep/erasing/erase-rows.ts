import { sql } from 'drizzle-orm';
import { forgetChatTaggings } from '../../inbox/tags/taggings.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { deleteChats } from '../../inbox/chats/chat-rows.ts';
import {
  isLeaving,
  type RemovableMessage,
  removeMessages,
} from '../../inbox/messages/remove-messages.ts';
import { type Erasure, holdsKey, keysOf, NOT_KNOWN } from '../../inbox/chats/erasure.ts';

/** Messages removed by one step. */
const MAX_MESSAGES = 100;

/**
 * Removes some of a customer's messages, those in groups among them, with what belongs to them. When none is left, all else about
 * the customer goes in one transaction, which fixes up to which event it is about them: what comes
 * later is of a new acquaintance. Returns whether anything was done; not where all there is to do is to
 * wait for WABA's answer to a message on its way. `now` is in milliseconds.
 */
export async function eraseRows(
  stack: Pick<StackContext, 'db' | 'files'>,
  erasure: Erasure,
  now: number,
): Promise<boolean> {
  const messages = await stack.db.all<RemovableMessage>(sql`
    select id, waba_id, media_id from messages
    where (chat in ${keysOf(erasure)} or participant in ${keysOf(erasure)}) and not ${isLeaving(now)}
    limit ${MAX_MESSAGES}`);
  await removeMessages(stack, messages);
  return messages.length > 0 || eraseChat(stack, erasure);
}

async function eraseChat({ db }: Pick<StackContext, 'db'>, erasure: Erasure): Promise<boolean> {
  const keys = keysOf(erasure);
  // Another invocation may be further by now, and the customer may have come back.
  const isTime = sql`not exists (select 1 from messages where chat in ${keys})
    and exists (select 1 from erasures where chat in ${keys} and until_seq = ${NOT_KNOWN})`;
  const results = await db.batch([
    ...deleteChats(keys, isTime),
    sql`delete from chat_aliases where chat in ${keys} and ${isTime}`,
    sql`delete from marks where user_id in (select id from users) and chat in ${keys} and ${isTime}`,
    ...forgetChatTaggings(keys, isTime),
    sql`delete from group_participants
        where (participant in ${keys} or user_id in ${keys} or chat in ${keys}) and ${isTime}`,
    sql`delete from whatsapp_groups where chat in ${keys} and ${isTime}`,
    sql`delete from assignment_events where chat in ${keys} and ${isTime}`,
    sql`delete from idempotency_keys
        where not exists (select 1 from messages m where m.id = idempotency_keys.message_id)`,
    sql`delete from waba_errors
        where ${holdsKey(sql`waba_errors.payload`, erasure)} or (message_id is not null
          and not exists (select 1 from messages m where m.id = waba_errors.message_id))`,
    // A filter of nobody's chat stays one that leaves out all others.
    ...erasure.keys.map(
      (key) => sql`update replays set filter = replace(filter, ${JSON.stringify(key)}, '""')
        where instr(filter, ${JSON.stringify(key)}) > 0`,
    ),
    sql`update erasures set until_seq = (select coalesce(max(seq), 0) from events)
        where chat in ${keys} and ${isTime} returning chat`,
  ]);
  return (results.at(-1)?.length ?? 0) > 0;
}
