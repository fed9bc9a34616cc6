import { sql, type SQL } from 'drizzle-orm';
import type { MessageOrigin } from '../../events/audience.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { ledTo } from '../chats/chat-aliases.ts';
import { countOutgoing, indexChats, makeChats } from '../chats/chat-rows.ts';
import { counterOf } from '../counters.ts';
import { insertMessages } from '../messages/message-rows.ts';
import { searchTextOf } from '../messages/search-text.ts';

/** A message that is about to be written into the outbox. */
export interface OutgoingDraft {
  id: string;
  chat: string;
  /** The user id of a chat that is made by this message. */
  chatUserId: string | null;
  isNewChat: boolean;
  /** Whether it goes to a WhatsApp group. */
  isGroup: boolean;
  type: string;
  /** As it will be sent; see `newPayload`. */
  payload: JsonRecord;
  senderId: number;
  mediaId: string | null;
  callbackData: string | null;
  /** Through which dialect it is sent, and what its caller says of it; undefined where it is none. */
  origin: MessageOrigin | undefined;
  /** Milliseconds. */
  now: number;
}

/** The statements of one transaction that store a message and put it into the outbox. */
export function insertOutgoing(draft: OutgoingDraft): SQL[] {
  const seconds = Math.floor(draft.now / 1000);
  // The chat may have moved to another key since it was looked up: from the user id to the number, or
  // from the number that was dialled to WhatsApp's own.
  const chat = sql`coalesce(
    (select wa_id from chats where wa_id = ${ledTo(draft.chat)}),
    (select wa_id from chats where user_id = ${draft.chat}),
    ${draft.chat})`;
  const row = {
    id: draft.id,
    chat: draft.chat,
    from_us: 1,
    type: draft.type,
    timestamp: seconds,
    rank: null,
    payload: JSON.stringify(draft.payload),
    search_text: searchTextOf(draft.payload),
    sender_id: draft.senderId,
    media_id: draft.mediaId,
    callback_data: draft.callbackData,
    api_origin: draft.origin === undefined ? null : JSON.stringify(draft.origin),
  };
  return [
    ...(draft.isNewChat ? insertChat(draft) : []),
    ...insertMessages([row], { n: nextRowNumber(), chat }),
    ...countOutgoing(chat, seconds),
    sql`insert into outbox (n, chat) select n, chat from messages where id = ${draft.id}`,
  ];
}

/** The outbox reads on from the last number it knows: one is never given to two outgoing messages. */
function nextRowNumber(): SQL {
  return sql`1 + max(
    coalesce((select max(n) from messages), 0),
    ${counterOf('removed_message')})`;
}

/** Somebody we know nothing of but the number. Another request may have made the chat meanwhile. */
function insertChat({ chat, chatUserId, isGroup }: OutgoingDraft): SQL[] {
  return [
    ...makeChats([{ waId: chat, userId: chatUserId, kind: isGroup ? 'group' : null }]),
    ...indexChats([chat]),
  ];
}
