import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { addCounted, raiseCounters } from '../counters.ts';
import { mediaKey } from '../media/media-row.ts';
import { forgetMessageTaggings } from '../tags/taggings.ts';
import { unindexMessages } from './message-rows.ts';
import type { MessageRow } from './present-message.ts';

/** What is known of a message that is to go. Its row number could be another one's by now. */
export type RemovableMessage = Pick<MessageRow, 'id' | 'waba_id' | 'media_id'>;

/** The answer to an attempt is there, or lost, long before. */
const MAX_ATTEMPT_MS = 5 * 60_000;

/**
 * Whether a message, over a row of `messages`, is on its way to WABA at `now` (milliseconds): its
 * outcome would be written to a row that is gone, or to another's.
 */
export function isLeaving(now: number): SQL {
  return sql`exists (select 1 from outbox o
    where o.n = messages.n and o.attempted_at > ${now - MAX_ATTEMPT_MS})`;
}

/**
 * Removes messages with their statuses, their tags, their places in the outbox and in the search index, and the
 * files that no other message has. Counts go down with them, a chat's ordinals do not. At most some
 * hundreds at once. Where it fails in between it is to be called again with the same messages.
 */
export async function removeMessages(
  stack: Pick<StackContext, 'db' | 'files'>,
  messages: readonly RemovableMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const ids = jsonList(messages.map(({ id }) => id));
  const isOne = sql`id in (select value from json_each(${ids}))`;
  const wabaIds = jsonList(messages.flatMap(({ waba_id }) => waba_id ?? []));
  const fileIds = await removeFiles(stack, messages, isOne);
  await stack.db.batch([
    // A new message would get the number of the newest one again.
    raiseCounters(
      sql`select 'removed_message', n from (select n, id from messages order by n desc limit 1) where ${isOne}`,
    ),
    addCounted('messages', sql`select -count(*) as count from messages where ${isOne}`),
    sql`update chats set message_count = max(0, message_count - gone.count)
        from (select chat, count(*) as count from messages where ${isOne} group by chat) gone
        where chats.wa_id = gone.chat`,
    unindexMessages(isOne),
    sql`delete from statuses where waba_id in (select value from json_each(${wabaIds}))`,
    sql`delete from outbox where n in (select n from messages where ${isOne})`,
    ...forgetMessageTaggings(ids),
    ...(fileIds === undefined ? [] : [sql`delete from media where id in (${fileIds})`]),
    sql`delete from messages where ${isOne}`,
  ]);
}

/** Removes the bytes of files that no other message has; returns the ids of their rows as a query. */
async function removeFiles(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  messages: readonly RemovableMessage[],
  isOne: SQL,
): Promise<SQL | undefined> {
  const ids = [...new Set(messages.flatMap(({ media_id }) => media_id ?? []))];
  if (ids.length === 0) return undefined;
  const rows = await db.all<{ id: string }>(sql`
    select j.value as id from json_each(${jsonList(ids)}) j
    where not exists (select 1 from messages m where m.media_id = j.value and not m.${isOne})`);
  if (rows.length === 0) return undefined;
  const list = sql`select value from json_each(${jsonList(rows.map(({ id }) => id))})`;
  // A fetch that is under way finds its file unwanted when it ends: see fetch-media.ts.
  await db.run(sql`update media set state = 'failed', next_at = null
    where id in (${list}) and state = 'pending'`);
  await files.delete(rows.map(({ id }) => mediaKey(id)));
  return list;
}
