import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { unread_views } from '../../store/schema.ts';
import { counterOf } from '../counters.ts';
import { newestChats } from './newest-chats.ts';

type UnreadView = typeof unread_views.$inferSelect;

/** Of more unread chats than these a page is found soon by going through the newest chats. */
const MAX_KEPT = 1_000;

/** Messages that one call goes on by at most; the chats of later ones are among the newest, which it looks at. */
const MESSAGES_LOOKED_AT = 1_000;

/** The chats that one call looks at of those that were there before the first, and of those heard of last. */
const CHATS_LOOKED_AT = 500;

/**
 * Returns the row numbers of the chats that a user has something to receive in; undefined where there
 * are too many to be kept. Only what came since the last call is looked at: a chat gets something to
 * receive by a message, and messages have rising numbers. Of what was there before the first call each
 * looks at some more, so that none reads more for an older inbox; chats that nobody wrote to since are
 * found a few calls later. Writes a row where something has changed.
 */
export async function unreadChatsOf(db: Database, userId: number): Promise<number[] | undefined> {
  const [[view], [numbers]] = await db.batch<
    [UnreadView[], { newest: number; removed: number; newestChat: number }[]]
  >([
    sql`select * from unread_views where user_id = ${userId}`,
    sql`select coalesce((select max(n) from messages), 0) as newest,
      ${counterOf('removed_message')} as removed,
      coalesce((select max(n) from chats), 0) + 1 as newestChat`,
  ]);
  const {
    newest: throughN,
    removed,
    newestChat,
  } = numbers ?? { newest: 0, removed: 0, newestChat: 0 };
  // The number of the newest message is given out again when that one is removed.
  const isSure = view !== undefined && throughN >= view.through_n && view.through_n > removed;
  const behind = isSure ? throughN - view.through_n : 0;
  const isNear = isSure && behind <= MESSAGES_LOOKED_AT;
  if (isNear && view.chats === null) return undefined;
  const lookedN = isSure && view.chats !== null ? view.looked_n : newestChat;
  const goesOnTo = isSure ? Math.min(throughN, view.through_n + MESSAGES_LOOKED_AT) : throughN;
  const [found, next] = await db.batch<[{ n: number }[], { n: number }[]]>([
    sql`select c.n from (
        select value as n from json_each(${view?.chats ?? '[]'})
        union ${changed(isSure ? view.through_n : throughN, goesOnTo)}
        union ${isNear ? sql`select 0 where false` : sql`select n from (${heardOfLast})`}
        union select n from (${nextChats(lookedN)})
      ) candidate cross join chats c on c.n = candidate.n
      where ${isUnread(userId)} limit ${MAX_KEPT + 1}`,
    sql`select n from (${nextChats(lookedN)}) order by n desc limit 1 offset ${CHATS_LOOKED_AT - 1}`,
  ]);
  const chats = found.length > MAX_KEPT ? undefined : found.map(({ n }) => n);
  const kept = chats === undefined ? null : JSON.stringify(chats);
  const isDue = !isNear || lookedN > 0 || behind > MESSAGES_LOOKED_AT / 2;
  if (isDue || kept !== view.chats) {
    await db.run(sql`insert or replace into unread_views (user_id, through_n, looked_n, chats)
      values (${userId}, ${goesOnTo}, ${next[0]?.n ?? 0}, ${kept})`);
  }
  return chats;
}

/** Whether a user has something to receive, over the alias `c`. Ordinals outlive messages that were removed by age. */
export function isUnread(userId: number): SQL {
  return sql`c.message_count > 0 and c.inbound_count > coalesce(
    (select ordinal from marks where user_id = ${userId} and chat = c.wa_id), 0)`;
}

function changed(fromN: number, throughN: number): SQL {
  return sql`select c.n from messages m cross join chats c on c.wa_id = m.chat
    where m.n > ${fromN} and m.n <= ${throughN} and m.ordinal is not null`;
}

const heardOfLast = newestChats(sql`true`, CHATS_LOOKED_AT, {});

/** The next of the chats that were not looked at: with row numbers below `n`, the highest first. */
function nextChats(n: number): SQL {
  return sql`select n from chats where n < ${n} order by n desc limit ${CHATS_LOOKED_AT}`;
}
