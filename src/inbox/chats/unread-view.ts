import { sql, type SQL } from 'drizzle-orm';
import { jsonList, type Database } from '../../store/database.ts';
import { readJson } from '../../store/json-column.ts';
import type { unread_views } from '../../store/schema.ts';

type UnreadView = typeof unread_views.$inferSelect;

/** Of more unread chats than these a page is found soon by going through the newest chats. */
const MAX_KEPT = 1_000;

/** After more messages than these all chats are looked at anew, which costs about as much. */
const MAX_BEHIND = 5_000;

/**
 * Returns the row numbers of the chats that a user has something to receive in; undefined where there
 * are too many to be kept. Only what came since the last call is looked at: a chat gets something to
 * receive by a message, and messages have rising numbers. Writes a row where something has changed.
 */
export async function unreadChatsOf(db: Database, userId: number): Promise<number[] | undefined> {
  const [[view], [numbers]] = await db.batch<[UnreadView[], { newest: number; removed: number }[]]>(
    [
      sql`select * from unread_views where user_id = ${userId}`,
      sql`select coalesce((select max(n) from messages), 0) as newest,
      coalesce((select value from counters where name = 'removed_message'), 0) as removed`,
    ],
  );
  const { newest: throughN, removed } = numbers ?? { newest: 0, removed: 0 };
  // The number of the newest message is given out again when that one is removed.
  const isSure = view !== undefined && throughN >= view.through_n && view.through_n > removed;
  const isNear = isSure && throughN - view.through_n <= MAX_BEHIND;
  if (isNear && view.chats === null) return undefined;
  const candidates = isNear ? changed(view, throughN) : sql`select n from chats`;
  const found = await db.all<{ n: number }>(sql`
    select c.n from (${candidates}) candidate cross join chats c on c.n = candidate.n
    where ${isUnread(userId)} limit ${MAX_KEPT + 1}`);
  const chats = found.length > MAX_KEPT ? undefined : found.map(({ n }) => n);
  const kept = chats === undefined ? null : JSON.stringify(chats);
  if (!isNear || kept !== view.chats || throughN - view.through_n > MAX_KEPT) {
    await db.run(sql`insert or replace into unread_views (user_id, through_n, chats)
      values (${userId}, ${throughN}, ${kept})`);
  }
  return chats;
}

/** Whether a user has something to receive, over the alias `c`. Ordinals outlive messages that were removed by age. */
export function isUnread(userId: number): SQL {
  return sql`c.message_count > 0 and c.inbound_count > coalesce(
    (select ordinal from marks where user_id = ${userId} and chat = c.wa_id), 0)`;
}

/** Those that were unread, and those with new messages. */
function changed(view: UnreadView, throughN: number): SQL {
  const former: number[] = readJson(view.chats ?? '[]');
  return sql`select value as n from json_each(${jsonList(former)}) union
    select c.n from messages m cross join chats c on c.wa_id = m.chat
    where m.n > ${view.through_n} and m.n <= ${throughN} and m.ordinal is not null`;
}
