import { sql, type SQL } from 'drizzle-orm';
import type { MessageOrigin } from '../../events/audience.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { ledTo } from '../chats/chat-aliases.ts';
import { SEARCH_KEY, searchTextOf } from '../messages/search-text.ts';

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
  const searchText = searchTextOf(draft.payload);
  // The chat may have moved to another key since it was looked up: from the user id to the number, or
  // from the number that was dialled to WhatsApp's own.
  const chat = sql`coalesce(
    (select wa_id from chats where wa_id = ${ledTo(draft.chat)}),
    (select wa_id from chats where user_id = ${draft.chat}),
    ${draft.chat})`;
  return [
    ...(draft.isNewChat ? insertChat(draft) : []),
    sql`insert into messages (n, id, chat, from_us, type, timestamp, payload, search_text, sender_id, media_id, callback_data, api_origin)
        values (${nextRowNumber()}, ${draft.id}, ${chat}, 1, ${draft.type}, ${seconds}, ${JSON.stringify(draft.payload)},
          ${searchText}, ${draft.senderId}, ${draft.mediaId}, ${draft.callbackData}, ${draft.origin === undefined ? null : JSON.stringify(draft.origin)})`,
    ...(searchText === null
      ? []
      : [
          sql`insert into messages_search (rowid, text)
              select ${SEARCH_KEY}, search_text from messages m where id = ${draft.id}`,
        ]),
    sql`update chats set message_count = message_count + 1, last_message = max(coalesce(last_message, 0), ${seconds})
        where wa_id = ${chat}`,
    // By itself: naming an indexed column costs a written row, even if it stays the same.
    sql`update chats set first_message = ${seconds}
        where wa_id = ${chat} and (first_message is null or first_message > ${seconds})`,
    sql`update counters set value = value + 1 where name = 'messages'`,
    sql`insert into outbox (n, chat) select n, chat from messages where id = ${draft.id}`,
  ];
}

/** The outbox reads on from the last number it knows: one is never given to two outgoing messages. */
function nextRowNumber(): SQL {
  return sql`1 + max(
    coalesce((select max(n) from messages), 0),
    coalesce((select value from counters where name = 'removed_message'), 0))`;
}

/** Somebody we know nothing of but the number. Another request may have made the chat meanwhile. */
function insertChat({ chat, chatUserId, isGroup }: OutgoingDraft): SQL[] {
  const contact = JSON.stringify({ profile: { name: '' }, wa_id: chat });
  const isThere = sql`exists (select 1 from chats where wa_id = ${ledTo(chat)})`;
  return [
    sql`update counters set value = value + 1
        where name = 'chats' and not ${isThere}`,
    sql`insert or ignore into chats (wa_id, user_id, contact, kind)
        select ${chat}, ${chatUserId}, ${contact}, ${isGroup ? 'group' : null} where not ${isThere}`,
    sql`insert or replace into chats_search (rowid, text)
        select n, wa_id || ' ' || name from chats where wa_id = ${chat}`,
  ];
}
