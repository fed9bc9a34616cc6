import type { SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import {
  assignmentFilterOf,
  isAssigned,
  type AssignmentQuery,
} from '../chats/assignment-filter.ts';
import { findReadableChat } from '../chats/find-chat.ts';
import { presentMessages } from './load-messages.ts';
import { asLongList, readCounter, type LongList } from '../long-list.ts';
import type { Part } from '../part.ts';
import { markDelivered } from '../chats/marks.ts';
import { dependsOnChats, passesAll, type MessageFilter } from './message-filter.ts';
import {
  countMessages,
  countReadableMessages,
  readMessageCount,
  selectMessages,
  selectReadableMessages,
} from './message-queries.ts';
import { countFoundMessages, searchMessages } from './message-search.ts';
import { readPhrase, type Phrase } from './phrase.ts';
import type { ApiMessage, MessageRow } from './present-message.ts';

/** What someone asks of the list of messages (spec: listMessages). */
export interface MessagesRequest extends AssignmentQuery {
  /** A customer: a chat's key, or one that it had before. */
  waId: string | undefined;
  sinceTime: number | undefined;
  beforeTime: number | undefined;
  fromUs: boolean | undefined;
  search: string | undefined;
  /** Whether what is returned counts as received by the user from now on. */
  markAsReceived: boolean;
  part: Part;
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
  baseUrl: string,
): Promise<LongList<ApiMessage>> {
  const { waId, sinceTime, beforeTime, fromUs, part } = request;
  const assigned = assignmentFilterOf(user, request);
  const chat = waId === undefined ? undefined : await findReadableChat(db, user, waId);
  if (waId !== undefined && (chat === undefined || !isAssigned(chat, assigned))) {
    return { items: [], count: 0, hasNext: false };
  }
  const times = { sinceTime, beforeTime, fromUs };
  const filter = chat === undefined ? { ...times, assigned } : { ...times, chat: chat.wa_id };
  const [rows, counted] = await db.batch<[MessageRow[], { count: number }[]]>(
    queriesFor(user, filter, part, readPhrase(request.search)),
  );
  const list = asLongList(rows, counted, part);
  const items = await presentMessages(db, list.items, { userId: user.id, baseUrl });
  if (request.markAsReceived) await markListed(db, user, items);
  return { ...list, items };
}

/** The query of the part and the one of the count. */
function queriesFor(
  user: User,
  filter: MessageFilter,
  part: Part,
  phrase: Phrase | undefined,
): [SQL, SQL] {
  if (phrase !== undefined) {
    const search = { user, phrase, filter, part };
    return [searchMessages(search), countFoundMessages(search)];
  }
  if (dependsOnChats(user, filter)) {
    return [selectReadableMessages(user, filter, part), countReadableMessages(user, filter)];
  }
  const { chat, ...rest } = filter;
  if (!passesAll(rest)) return [selectMessages(filter, part), countMessages(filter)];
  const total = chat === undefined ? readCounter('messages') : readMessageCount(chat);
  return [selectMessages(filter, part), total];
}

async function markListed(db: Database, user: User, listed: readonly ApiMessage[]): Promise<void> {
  const incoming = listed.filter((message) => !message.from_us).map((message) => message.id);
  if (incoming.length === 0) return;
  await db.batch(markDelivered([{ user_ids: [user.id], message_ids: incoming }]));
}
