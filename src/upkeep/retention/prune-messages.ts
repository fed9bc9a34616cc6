import { sql, type SQL } from 'drizzle-orm';
import type { StackContext } from '../../store/open-stack.ts';
import { windowIf, type Pruned } from './prune-oldest.ts';
import {
  isLeaving,
  removeMessages,
  type RemovableMessage,
} from '../../inbox/messages/remove-messages.ts';

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
  const isOld = sql`timestamp < ${beforeSeconds} and not ${isLeaving(now)}`;
  const messages = await stack.db.all<RemovableMessage>(
    oldestFirst(isOld, windowIf(oldestTime(), beforeSeconds, MAX_MESSAGES)),
  );
  await removeMessages(stack, messages);
  return { removed: messages.length, hasMore: messages.length === MAX_MESSAGES };
}

function oldestTime(): SQL {
  return sql`select timestamp from (${oldestFirst(sql`true`, sql`1`)})`;
}

/** The index by time has each side by itself: the two are merged. */
function oldestFirst(condition: SQL, limit: SQL): SQL {
  const side = (fromUs: 0 | 1): SQL => sql`select id, waba_id, media_id, timestamp, n from messages
    where from_us = ${fromUs} and ${condition}`;
  return sql`${side(0)} union all ${side(1)} order by timestamp, n limit ${limit}`;
}
