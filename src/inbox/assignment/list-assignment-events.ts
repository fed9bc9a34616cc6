import { sql, type SQL } from 'drizzle-orm';
import { findUsers, type User } from '../../auth/user.ts';
import { type Database, isOneOf } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { assignment_events, groups } from '../../store/schema.ts';
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
import { type ApiAssignmentEvent, presentAct } from './present-assignment.ts';

type ActRow = typeof assignment_events.$inferSelect;

/** Which assignments are asked for (spec: listChatAssignmentEvents). */
export interface ActsRequest {
  /** A customer: a chat's key, or one that it had before. */
  waId: string | undefined;
  /** Seconds; from then on. */
  sinceTime: number | undefined;
  /** Seconds; before then. */
  beforeTime: number | undefined;
  part: PageRange;
}

/**
 * How far back someone who may not read all chats can look without naming one: an index knows the
 * order in time, none knows who may read.
 */
const LOOKED_AT = 5_000;

/** The order of the two indexes of `assignment_events`. */
const NEWEST_FIRST = sql.raw('order by a.timestamp desc, a.n desc');

/**
 * Lists the assignments of one chat or of all that a user may read, newest first. A customer who is not
 * known, or not to this user, has none.
 */
export async function listAssignmentEvents(
  db: Database,
  user: User,
  request: ActsRequest,
  baseUrl: string,
): Promise<LongList<ApiAssignmentEvent>> {
  const { waId, part } = request;
  const chat = waId === undefined ? undefined : await findReadableChat(db, user, waId);
  if (waId !== undefined && chat === undefined) return { items: [], count: 0, hasNext: false };
  const source = sourceOf(user, request, chat?.wa_id);
  const [rows, counted] = await db.batch<[ActRow[], Counted[]]>([
    selectActs(source, part),
    countRows(source, spanOf('assignment_events')),
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: await presentActs(db, list.items, baseUrl) };
}

/** Selects a part of the assignments that `source` names. */
export function selectActs(source: SQL, part: PageRange): SQL {
  return sql`select a.* ${source} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** What follows `select …` for the assignments that were asked for and may be read. */
export function sourceOf(
  user: User,
  { sinceTime, beforeTime }: Pick<ActsRequest, 'sinceTime' | 'beforeTime'>,
  chat: string | undefined,
): SQL {
  const conditions = [
    chat === undefined ? [] : sql`a.chat = ${chat}`,
    sinceTime === undefined ? [] : sql`a.timestamp >= ${sinceTime}`,
    beforeTime === undefined ? [] : sql`a.timestamp < ${beforeTime}`,
  ].flat();
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  if (chat !== undefined || user.canReadChats === 'all') {
    return sql`from ${assignment_events} a where ${where}`;
  }
  return sql`from (
      select a.* from ${assignment_events} a where ${where} ${NEWEST_FIRST} limit ${LOOKED_AT}
    ) a cross join chats c on c.wa_id = a.chat where ${readableChats(user)}`;
}

async function presentActs(
  db: Database,
  rows: readonly ActRow[],
  baseUrl: string,
): Promise<ApiAssignmentEvent[]> {
  if (rows.length === 0) return [];
  const userIds = rows.flatMap((row) => [row.user_set ?? [], row.done_by].flat());
  const groupIds = [...new Set(rows.flatMap((row) => row.group_set ?? []))];
  const [foundUsers, foundGroups] = await Promise.all([
    findUsers(db, userIds),
    db.all(query.select().from(groups).where(isOneOf(groups.id, groupIds))),
  ]);
  const userOf = new Map(foundUsers.map((user) => [user.id, user]));
  const groupOf = new Map(foundGroups.map((group) => [group.id, group]));
  return rows.map((row) =>
    presentAct(
      {
        waId: row.chat,
        timestamp: row.timestamp,
        userSet: userOf.get(row.user_set ?? 0) ?? null,
        userWasCleared: row.user_was_cleared === 1,
        groupSet: groupOf.get(row.group_set ?? 0) ?? null,
        groupWasCleared: row.group_was_cleared === 1,
        doneBy: userOf.get(row.done_by) ?? null,
      },
      baseUrl,
    ),
  );
}
