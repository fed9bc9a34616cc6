import type { ChatAlias } from '../inbox/chats/chat-aliases.ts';
import { type MessageRow, parsePayload } from '../inbox/messages/present-message.ts';
import { decodeCallback } from '../waba/callback-data.ts';
import type { InboundStatus } from '../waba/items.ts';
import { isPhone } from '../waba/recipient.ts';

/**
 * Which numbers turn out to be other names of customers: a status names its recipient as WhatsApp does,
 * and its message the number that was dialled. The answer to the send says the same; this is for those
 * whose answer was lost. A message that has moved to another chat since says nothing: its recipient's
 * number has changed.
 */
export function namesTaught(
  statuses: readonly InboundStatus[],
  messages: readonly MessageRow[],
): ChatAlias[] {
  if (statuses.length === 0) return [];
  const byId = new Map(messages.flatMap((row) => [[row.id, row] as const, [row.waba_id, row]]));
  const taught = new Map<string, string>();
  for (const { id, phone, participant, callbackData } of statuses) {
    if (phone === undefined || !isPhone(phone) || participant !== '') continue;
    const ourId = callbackData === undefined ? undefined : decodeCallback(callbackData);
    const message = byId.get(id) ?? byId.get(ourId ?? null);
    if (message?.from_us !== 1 || message.chat === phone || !isPhone(message.chat)) continue;
    if (parsePayload(message.payload)['to'] === message.chat) taught.set(message.chat, phone);
  }
  return [...taught].map(([alias, chat]) => ({ alias, chat }));
}
