import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { type Database, jsonList } from '../../store/database.ts';
import { assignmentFilterOf, type AssignmentQuery, type ChatFilter } from '../chats/chat-filter.ts';
import { passesChat, selectionOf } from '../chats/chat-selection.ts';
import { findReadableChat } from '../chats/find-chat.ts';
import { markDelivered } from '../chats/marks.ts';
import { readCounter } from '../counters.ts';
import {
  asLongList,
  asLongPart,
  type Counted,
  type LongList,
  type PageRange,
} from '../long-list.ts';
import type { Links } from '../media/links.ts';
import { presentMessages } from './load-messages.ts';
import { type MessageFilter, passesAll } from './message-filter.ts';
import {
  countMessages,
  mostMessages,
  readMessageCount,
  selectInOrder,
  selectMessages,
} from './message-queries.ts';
import {
  countFoundMessages,
  findMessages,
  isIndexed,
  type MessageSearch,
  searchMessages,
} from './message-search.ts';
import { countMessagesOf, selectMessagesOf } from './messages-of-chats.ts';
import { type Phrase, readPhrase } from './phrase.ts';
import type { ApiMessage, MessageRow } from './present-message.ts';

/** What someone asks of the list of messages (spec: listMessages). */
export interface MessagesRequest extends AssignmentQuery {
  /** A customer: a chat's key, or one that it had before. */
  waId: string | undefined;
  sinceTime: number | undefined;
  beforeTime: number | undefined;
  fromUs: boolean | undefined;
  /** A tag that their chat has. */
  chatTagId: number | undefined;
  search: string | undefined;
  /** Whether what is returned counts as received by the user from now on. */
  markAsReceived: boolean;
  part: PageRange;
}

/**
 * Lists the messages that a user may read, newest first. `received` says what was received before;
 * marking them comes afterwards, so that a poller sees which ones are fresh. A customer who is not
 * known, or not to this user, has no messages. Throws `invalid` as `assignmentFilterOf` does.
 */
export async function listMessages(
  db: Database,
  user: User,
  request: MessagesRequest,
  links: Links,
): Promise<LongList<ApiMessage>> {
  const { sinceTime, beforeTime, fromUs, part } = request;
  const whose = await findChats(db, user, request);
  if (whose === undefined) return { items: [], count: 0, hasNext: false };
  const filter = { ...whose, sinceTime, beforeTime, fromUs };
  const list = await listRows(db, filter, part, readPhrase(request.search));
  const items = await presentMessages(db, list.items, { userId: user.id, ...links });
  if (request.markAsReceived) await markListed(db, user, items);
  return { ...list, items };
}

type Found = Pick<MessageRow, 'n' | 'timestamp'>;

/** The chats that the messages are to be of; undefined where the one that is named does not pass. */
async function findChats(
  db: Database,
  user: User,
  request: MessagesRequest,
): Promise<Pick<MessageFilter, 'chat' | 'chats'> | undefined> {
  const { waId, chatTagId: tagId } = request;
  const assigned = assignmentFilterOf(user, request);
  const filter: ChatFilter = { user, isBegun: true, assigned, tagId };
  const asksOfChats = assigned !== undefined || tagId !== undefined;
  if (waId === undefined) {
    const isWhole = user.canReadChats === 'all' && !asksOfChats;
    return isWhole ? {} : { chats: await selectionOf(db, filter) };
  }
  const chat = await findReadableChat(db, user, waId);
  if (chat === undefined) return undefined;
  if (asksOfChats && !(await passesChat(db, filter, chat.wa_id))) return undefined;
  return { chat: chat.wa_id };
}

async function listRows(
  db: Database,
  filter: MessageFilter,
  part: PageRange,
  phrase: Phrase | undefined,
): Promise<LongList<MessageRow>> {
  const search = phrase && { phrase, filter, part };
  if (search === undefined || isIndexed(search)) {
    const queries = search === undefined ? queriesFor(filter, part) : queriesOf(search);
    const [rows, counted] = await db.batch<[MessageRow[], Counted[]]>(queries);
    return asLongList(rows, counted, part);
  }
  // What is found is sorted as a whole, so the same query counts it.
  const [found, [total]] = await db.batch<[Found[], { most: number }[]]>([
    findMessages(search),
    sql`select ${mostMessages(filter)} as most`,
  ]);
  const most = total?.most ?? 0;
  const { items, ...counted } = asLongPart(found, part, most);
  const rows = await db.all<MessageRow>(
    selectInOrder(sql`select value->>'n' as n,
    value->>'timestamp' as timestamp from json_each(${jsonList(items)})`),
  );
  return { ...counted, items: rows };
}

function queriesOf(search: MessageSearch): [SQL, SQL] {
  return [searchMessages(search), countFoundMessages(search)];
}

/** The query of the part and the one of the count. */
function queriesFor(filter: MessageFilter, part: PageRange): [SQL, SQL] {
  const { chat, chats, ...rest } = filter;
  if (chats !== undefined) {
    return [selectMessagesOf(chats, filter, part), countMessagesOf(chats, filter)];
  }
  if (!passesAll(rest)) return [selectMessages(filter, part), countMessages(filter)];
  const total = chat === undefined ? readCounter('messages') : readMessageCount(chat);
  return [selectMessages(filter, part), total];
}

async function markListed(db: Database, user: User, listed: readonly ApiMessage[]): Promise<void> {
  const incoming = listed.filter((message) => !message.from_us).map((message) => message.id);
  if (incoming.length === 0) return;
  await db.batch(markDelivered([{ user_ids: [user.id], message_ids: incoming }]));
}
