import { sql } from 'drizzle-orm';
import type { StackContext } from '../../store/open-stack.ts';
import { windowIf, type Pruned } from './prune-oldest.ts';
import { isLeaving, removeMessages, type RemovableMessage } from './remove-messages.ts';

/** Messages removed by one step; each is a dozen rows of tables and indexes. */
const MAX_MESSAGES = 100;

/**
 * Removes the oldest messages where they are older than `before`, with what belongs to them; both
 * times in milliseconds. The chats stay.
 */
export async function pruneMessages(
  stack: Pick<StackContext, 'db' | 'files'>,
  before: number,
  now: number,
): Promise<Pruned> {
  const beforeSeconds = Math.floor(before / 1000);
  const oldest = sql`select timestamp from messages order by timestamp, n limit 1`;
  const messages = await stack.db.all<RemovableMessage>(sql`
    select id, waba_id, media_id from messages
    where timestamp < ${beforeSeconds} and not ${isLeaving(now)}
    order by timestamp, n limit ${windowIf(oldest, beforeSeconds, MAX_MESSAGES)}`);
  await removeMessages(stack, messages);
  return { removed: messages.length, hasMore: messages.length === MAX_MESSAGES };
}
