import { and, desc, eq, isNotNull, lte } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import { log } from '../../log.ts';
import type { Database } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { messages } from '../../store/schema.ts';
import type { WabaClient } from '../../waba/client.ts';
import { findReadableChat } from './find-chat.ts';
import { markUpTo } from './marks.ts';
import type { ChatRow } from './person.ts';

/** Up to where a user has received a chat (spec: createReceivedMessageMark). */
interface ChatMark {
  waId: string;
  /** Seconds. */
  timestamp: number;
}

/** Messages may be delivered to us in another order than they were sent in; hardly this far out of it. */
const OUT_OF_ORDER_MESSAGES = 100;

/**
 * Marks a chat's messages up to a time as received by a user; a mark is never lowered. Returns the
 * WhatsApp id of the newest message so marked, where WhatsApp is to show it as read: only a human's
 * call does that, a program has seen a message long before anyone read it. Throws `invalid` where the
 * user has no such chat or the time is in the future: later than `nowMs` and than the chat's last
 * message, because WhatsApp's clock may be ahead of ours.
 */
export async function markChatReceived(
  db: Database,
  user: User,
  { waId, timestamp }: ChatMark,
  nowMs: number,
): Promise<string | undefined> {
  const chat = await findReadableChat(db, user, waId);
  if (chat === undefined) {
    throw invalidField('customer_wa_id', 'There is no chat with this customer.');
  }
  if (timestamp > Math.max(nowMs / 1000, chat.last_message ?? 0)) {
    throw invalidField('timestamp', 'Must not be in the future.');
  }
  const newestFirst = await incomingUpTo(db, chat, timestamp);
  const [newest] = newestFirst;
  if (newest === undefined) return undefined;
  const ordinal = Math.max(...newestFirst.map((message) => message.ordinal ?? 0));
  await db.run(markUpTo(user.id, chat.wa_id, ordinal));
  // WhatsApp takes no such mark in a group (Groups API, "Unsupported features").
  const isShown = user.role !== 'app' && chat.kind !== 'group';
  return isShown ? (newest.waba_id ?? undefined) : undefined;
}

async function incomingUpTo(db: Database, chat: ChatRow, timestamp: number) {
  return db.all(
    query
      .select({ waba_id: messages.waba_id, ordinal: messages.ordinal })
      .from(messages)
      .where(
        and(
          eq(messages.chat, chat.wa_id),
          eq(messages.from_us, 0),
          lte(messages.timestamp, timestamp),
          isNotNull(messages.ordinal),
        ),
      )
      .orderBy(desc(messages.timestamp), desc(messages.n))
      .limit(OUT_OF_ORDER_MESSAGES),
  );
}

/**
 * Tells WhatsApp that a message, and all before it, was read: its sender sees blue ticks. Never
 * throws; a failure is logged, for the mark in the inbox holds without it.
 */
export async function showAsRead(
  client: Pick<WabaClient, 'markRead'>,
  wabaId: string,
): Promise<void> {
  const result = await client.markRead(wabaId);
  if (result.kind !== 'answered') {
    log('mark_read_failed', { waba_id: wabaId, reason: result.reason });
  } else if (result.status >= 300) {
    log('mark_read_failed', { waba_id: wabaId, status: result.status });
  }
}
