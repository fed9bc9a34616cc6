import { sql, type SQL } from 'drizzle-orm';
import {
  asMost,
  countRows,
  MAX_COUNTED,
  readCounter,
  reachOf,
  takePart,
  totalOf,
} from '../long-list.ts';
import type { Part } from '../part.ts';
import { chatsOf, type ChatSelection } from './chat-selection.ts';
import { NEWEST_FIRST, within } from './newest-chats.ts';

/** Selects a part of the chats that pass, those with the newest messages first. */
export function selectChats(selection: ChatSelection, part: Part): SQL {
  return sql`select c.* from ${listed(selection, reachOf(part))} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectChats` lists. A chat is made with its first message, so all are in both lists. */
export function countChats(selection: ChatSelection): SQL {
  const { count, counted, rest, source, range } = selection;
  const most = totalOf('chats');
  if (count !== undefined) return sql`select ${count} as count ${asMost(most)}`;
  if (counted !== undefined) return countRows(counted, most);
  if (source === undefined && rest.length === 0 && !range.from) return readCounter('chats');
  return countRows(sql`from ${listed(selection, MAX_COUNTED)}`, most);
}

/** Without anything to ask the table is read in its own order, and no further than the list goes. */
export function listed(selection: ChatSelection, count: number): SQL {
  if (selection.source !== undefined || selection.rest.length > 0) return chatsOf(selection, count);
  return sql`chats c where ${within(selection.range, sql`c.last_message`)}`;
}
