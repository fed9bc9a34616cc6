import type { EventChat } from '../events/audience.ts';
import { originsOf } from '../inbox/messages/origins.ts';
import type { CustomerBook } from './customer-book.ts';
import type { ChatWrite } from './plan-chats.ts';
import type { MessageWrite } from './plan-messages.ts';
import type { StatusWrite } from './plan-statuses.ts';

/** What of a body an event tells of. */
export interface ToldItems {
  messages: readonly MessageWrite[];
  statuses: readonly StatusWrite[];
  /** The chats that the body changes. */
  chats: readonly ChatWrite[];
}

/** The chats that an event of a body is about, with what it must know of them. */
export function eventChats(
  { messages, statuses, chats }: ToldItems,
  book: CustomerBook,
): EventChat[] {
  const opened = new Set(chats.flatMap((chat) => (chat.opensWindow ? chat.waId : [])));
  const ours = Map.groupBy(statuses, ({ chat }) => (chat === null ? null : book.current(chat)));
  const keys = new Set([...messages.map((message) => message.chat), ...ours.keys()]);
  return [...keys].flatMap((key) => {
    if (key === null) return [];
    const chat = book.chat(key);
    return {
      wa_id: key,
      assigned_user_id: chat?.assigned_user_id ?? null,
      assigned_group_id: chat?.assigned_group_id ?? null,
      ...(opened.has(key) ? { opens_window: true as const } : {}),
      ...originsOf((ours.get(key) ?? []).flatMap(({ message }) => message ?? [])),
    };
  });
}
