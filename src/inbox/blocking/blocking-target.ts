import type { User } from '../../auth/user.ts';
import { invalidField, notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { findChat } from '../chats/find-chat.ts';
import { mayReadChat, mayWriteToChat } from '../permissions.ts';

/** Whom a call is about, as WABA names them and as our chats do. */
export interface BlockingTarget {
  /** An item of WABA's `block_users`. */
  wabaUser: Record<string, string>;
  /** The key of the chat; undefined for someone who has none. */
  chat: string | undefined;
}

/** What people write between the digits of a number. */
const PUNCTUATION = /[\s().-]/g;

const PHONE_NUMBER = /^\+?\d{5,15}$/;

/** A business-scoped user id: a country, a dot and letters or digits (WhatsApp: Business-scoped user IDs). */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z\d]{1,128}$/;

/**
 * Finds whom to block or report. It takes the right to read and to write to the chat; someone without a
 * chat is only for who may do both everywhere. Throws `not_found` for a chat that the user may not read,
 * `forbidden` for one they may only read, and `invalid` for what names nobody.
 */
export async function findTarget(db: Database, user: User, key: string): Promise<BlockingTarget> {
  const chat = await findChat(db, key.trim());
  const waId = chat?.wa_id ?? canonical(key);
  if (chat === undefined) {
    if (user.canReadChats !== 'all') throw notFound();
    if (user.canWriteToChats !== 'all') throw refused();
  } else {
    if (!mayReadChat(user, chat)) throw notFound();
    if (!mayWriteToChat(user, chat)) throw refused();
  }
  return {
    wabaUser: PHONE_NUMBER.test(waId) ? { user: `+${waId}` } : { user_id: waId },
    chat: chat?.wa_id,
  };
}

/** A number in digits, or a user id as it is. */
function canonical(key: string): string {
  const bare = key.trim().replaceAll(PUNCTUATION, '');
  if (PHONE_NUMBER.test(bare)) return bare.replace('+', '');
  if (USER_ID.test(key.trim())) return key.trim();
  throw invalidField('wa_id', 'Enter a valid phone number.');
}

function refused(): WaypostError {
  return new WaypostError('forbidden', 'You do not have permission to perform this action.');
}
