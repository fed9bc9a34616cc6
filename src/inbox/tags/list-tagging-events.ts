import { sql, type SQL } from 'drizzle-orm';
import { findUsers, type User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { chats, messages, tagging_events, tags } from '../../store/schema.ts';
import { findReadableChat } from '../chats/find-chat.ts';
import {
  asLongList,
  type Counted,
  countRows,
  type LongList,
  type PageRange,
  spanOf,
  takePart,
} from '../long-list.ts';
import { readableChats } from '../permissions.ts';
import { findReadableMessage } from './tag-message.ts';
import { readExtra, type Tag } from './tag.ts';
import {
  type ChatTaggingEvent,
  type MessageTaggingEvent,
  presentChatAct,
  presentMessageAct,
  type TaggingAct,
} from './tagging-event.ts';

/** Which entries of the history are asked for. */
export interface TaggingEventsRequest {
  /** A customer: a chat's key, or one that it had before. */
  waId?: string | undefined;
  /** WhatsApp's id of a message, or ours. */
  messageId?: string | undefined;
  /** Seconds; this one and later. */
  sinceTime?: number | undefined;
  /** Seconds; earlier than this one. */
  beforeTime?: number | undefined;
  part: PageRange;
}

type Row = typeof tagging_events.$inferSelect & Omit<Tag, 'id'> & { waba_id: string | null };

/** Of whose history: undefined is that of all chats which the user may read. */
type Scope = { chat: string; message?: string } | undefined;

/** An entry, and what it is about. */
interface Entry {
  act: Omit<TaggingAct, 'chat' | 'message'>;
  row: Row;
}

/**
 * Lists who tagged which chats when, newest first (spec: listChatTaggingEvents), of chats that the user
 * may read. A customer who is not known, or not to this user, has no history.
 */
export async function listChatTaggingEvents(
  db: Database,
  user: User,
  request: Omit<TaggingEventsRequest, 'messageId'>,
  baseUrl: string,
): Promise<LongList<ChatTaggingEvent>> {
  const list = await listEntries(db, user, request, 'chats');
  const items = list.items.map(({ act, row }) => presentChatAct(act, row.chat, baseUrl));
  return { ...list, items };
}

/** Lists who tagged which messages when, the same way (spec: listMessageTaggingEvents). */
export async function listMessageTaggingEvents(
  db: Database,
  user: User,
  request: TaggingEventsRequest,
  baseUrl: string,
): Promise<LongList<MessageTaggingEvent>> {
  const list = await listEntries(db, user, request, 'messages');
  const items = list.items.map(({ act, row: { message, waba_id } }) =>
    presentMessageAct(act, { id: message ?? '', waba_id }, baseUrl),
  );
  return { ...list, items };
}

async function listEntries(
  db: Database,
  user: User,
  request: TaggingEventsRequest,
  of: 'chats' | 'messages',
): Promise<LongList<Entry>> {
  const scope = await scopeOf(db, user, request);
  if (scope === 'nothing') return { items: [], count: 0, hasNext: false };
  const from = historySource(user, of, scope, request);
  const [rows, counted] = await db.batch<[Row[], Counted[]]>([
    sql`select e.*, t.name, t.web_inbox_color, m.waba_id from (
          select e.* ${from} order by e.timestamp desc, e.id desc ${takePart(request.part)}
        ) e join ${tags} t on t.id = e.tag_id left join ${messages} m on m.id = e.message
        order by e.timestamp desc, e.id desc`,
    countRows(from, spanOf('tagging_events')),
  ]);
  const list = asLongList(rows, counted, request.part);
  return { ...list, items: await withUsers(db, list.items) };
}

async function scopeOf(
  db: Database,
  user: User,
  { waId, messageId }: TaggingEventsRequest,
): Promise<Scope | 'nothing'> {
  if (waId === undefined && messageId === undefined) return undefined;
  const chat = waId === undefined ? undefined : await findReadableChat(db, user, waId);
  if (waId !== undefined && chat === undefined) return 'nothing';
  if (messageId === undefined) return chat && { chat: chat.wa_id };
  const message = await findReadableMessage(db, user, messageId);
  if (message === undefined) return 'nothing';
  if (chat !== undefined && chat.wa_id !== message.wa_id) return 'nothing';
  return { chat: message.wa_id, message: message.id };
}

/** What follows `select …`: one of the indexes of `tagging_events` gives it in order. */
export function historySource(
  user: User,
  of: 'chats' | 'messages',
  scope: Scope,
  { sinceTime, beforeTime }: Pick<TaggingEventsRequest, 'sinceTime' | 'beforeTime'>,
): SQL {
  const conditions = [
    of === 'chats' ? sql`e.message is null` : sql`e.message is not null`,
    scope?.message !== undefined && sql`e.message = ${scope.message}`,
    scope !== undefined && scope.message === undefined && sql`e.chat = ${scope.chat}`,
    sinceTime !== undefined && sql`e.timestamp >= ${sinceTime}`,
    beforeTime !== undefined && sql`e.timestamp < ${beforeTime}`,
  ].filter((condition) => condition !== false);
  const passes = sql.join(conditions, sql` and `);
  if (scope !== undefined || user.canReadChats === 'all') {
    return sql`from ${tagging_events} e where ${passes}`;
  }
  // Through the chats, as few as they may be: the history of all is not walked for those of some.
  return sql`from ${chats} c cross join ${tagging_events} e on e.chat = c.wa_id
    where ${readableChats(user)} and ${passes}`;
}

async function withUsers(db: Database, rows: readonly Row[]): Promise<Entry[]> {
  const ids = rows.map((row) => row.user_id);
  const users = await findUsers(db, ids);
  const userOf = new Map(users.map((user) => [user.id, user]));
  return rows.flatMap((row) => {
    const user = userOf.get(row.user_id);
    if (user === undefined) return [];
    const { action, tag_id: id, name, web_inbox_color, timestamp } = row;
    const tag = { id, name, web_inbox_color };
    return [{ act: { action, tag, extra: readExtra(row.extra), user, at: timestamp * 1000 }, row }];
  });
}
