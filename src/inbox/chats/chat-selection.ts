import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { countRows } from '../long-list.ts';
import type { ChatFilter } from './chat-filter.ts';
import { type ChatPart, partsOf } from './chat-parts.ts';
import {
  CHATS_LOOKED_AT,
  type ChatSource,
  newestChats,
  type TimeRange,
  within,
} from './newest-chats.ts';
import { unreadChatsOf } from './unread-view.ts';

/** How the chats that pass a filter are found. Conditions are over the alias `c` of `chats`. */
export interface ChatSelection {
  /** The index that is gone through; undefined where that is all chats in the order of the lists. */
  source: ChatSource | undefined;
  /** What is left to ask of each chat. */
  rest: readonly SQL[];
  /** When the last messages of chats that pass were. */
  range: TimeRange;
  /** All that is asked. */
  condition: SQL;
  /** How many pass, up to as many as are counted; undefined where that is not known yet. */
  count: number | undefined;
  /** What counts them with a read each, as what follows `select …`; undefined where `source` does. */
  counted: SQL | undefined;
}

/**
 * Decides how to find chats. Where several indexes could, the one with the fewest chats is gone
 * through, which one look into each decides; they are counted no further than matters.
 */
export async function selectionOf(db: Database, filter: ChatFilter): Promise<ChatSelection> {
  const { isBegun, sinceTime } = filter;
  const range = { from: sinceTime ?? (isBegun ? 0 : undefined) };
  const unread = filter.isUnread ? await unreadChatsOf(db, filter.user.id) : undefined;
  const parts = partsOf(filter, unread);
  const sourced = parts.filter(({ source }) => source !== undefined);
  const isSure = sourced.length < 2 && sourced.every(({ sourceOfMany }) => !sourceOfMany);
  return choose(parts, sourced, isSure ? undefined : await readSizes(db, sourced, range), range);
}

async function readSizes(
  db: Database,
  parts: readonly ChatPart[],
  range: TimeRange,
): Promise<number[]> {
  const counts = await db.batch<{ count: number }[][]>(
    parts.map(({ source = everyChat, counted }) =>
      countRows(counted?.(range) ?? sql`from (${source(CHATS_LOOKED_AT, range)})`),
    ),
  );
  return counts.map((rows) => rows[0]?.count ?? 0);
}

function choose(
  parts: readonly ChatPart[],
  sourced: readonly ChatPart[],
  sizes: readonly number[] | undefined,
  range: TimeRange,
): ChatSelection {
  const smallest = sizes && Math.min(...sizes);
  const best = sourced.find((_, index) => sizes?.[index] === smallest);
  const many = (smallest ?? 0) < CHATS_LOOKED_AT ? undefined : best?.sourceOfMany;
  const left = parts.filter((part) => part !== best);
  return {
    source: many ?? best?.source,
    rest: left.map(({ condition }) => condition),
    range,
    count: left.length === 0 ? smallest : undefined,
    counted: left.length === 0 ? best?.counted?.(range) : undefined,
    condition: allOf([
      ...parts.map(({ condition }) => condition),
      within(range, sql`c.last_message`),
    ]),
  };
}

/**
 * The chats that pass, as what follows `from`: `chats c`, the newest `count` of them among others, in no
 * order. Of those whose last messages are in `range`, where one is given.
 */
export function chatsOf(selection: ChatSelection, count: number, range: TimeRange = {}): SQL {
  const { source = everyChat, rest } = selection;
  const limit = rest.length === 0 ? count : Math.max(count, CHATS_LOOKED_AT);
  const from = source(limit, { ...selection.range, ...range });
  return sql`(${from}) source cross join chats c on c.n = source.n where ${allOf(rest)}`;
}

/** The chats that are asked whether they pass, `count` of them, as a query: where these are all, `chatsOf` misses none. */
export function askedChats(selection: ChatSelection, count: number, range: TimeRange = {}): SQL {
  const { source = everyChat } = selection;
  return source(count, { ...selection.range, ...range });
}

/** Whether the chat with this key passes a filter. */
export async function passesChat(db: Database, filter: ChatFilter, key: string): Promise<boolean> {
  const condition = allOf(partsOf(filter).map((part) => part.condition));
  const found = await db.first(sql`select 1 from chats c where c.wa_id = ${key} and ${condition}`);
  return found !== undefined;
}

/** Conditions as one. */
function allOf(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);
}

/** All chats, in the order of the lists. */
function everyChat(...[limit, range]: Parameters<ChatSource>): SQL {
  return newestChats(sql`true`, limit, range);
}
