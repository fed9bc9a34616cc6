import type { User } from '../../auth/user.ts';
import { invalidField, notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import {
  hasNationalZero,
  isUserId,
  NO_LEADING_ZERO,
  parseRecipient,
} from '../../waba/recipient.ts';
import { findChat } from '../chats/find-chat.ts';
import { mayReadChat, mayWriteToChat } from '../permissions.ts';

/** Whom a call is about, as WABA names them and as our chats do. */
export interface BlockingTarget {
  /** An item of WABA's `block_users`. */
  wabaUser: Record<string, string>;
  /** The key of the chat; undefined for someone who has none. */
  chat: string | undefined;
}

/**
 * Finds whom to block or report. It takes the right to read and to write to the chat; someone without a
 * chat is only for who may do both everywhere. Throws `not_found` for a chat that the user may not read,
 * `forbidden` for one they may only read, and `invalid` for what names nobody.
 */
export async function findTarget(db: Database, user: User, key: string): Promise<BlockingTarget> {
  const chat = await findChat(db, key);
  const waId = chat?.wa_id ?? canonical(key);
  if (chat === undefined) {
    if (user.canReadChats !== 'all') throw notFound();
    if (user.canWriteToChats !== 'all') throw refused();
  } else {
    if (!mayReadChat(user, chat)) throw notFound();
    if (!mayWriteToChat(user, chat)) throw refused();
  }
  return {
    wabaUser: isUserId(waId) ? { user_id: waId } : { user: `+${waId}` },
    chat: chat?.wa_id,
  };
}

/** A number in digits, or a user id as it is. */
function canonical(key: string): string {
  const waId = parseRecipient(key);
  if (waId !== undefined) return waId;
  const problem = hasNationalZero(key) ? NO_LEADING_ZERO : 'Enter a valid phone number.';
  throw invalidField('wa_id', problem);
}

function refused(): WaypostError {
  return new WaypostError('forbidden', 'You do not have permission to perform this action.');
}
