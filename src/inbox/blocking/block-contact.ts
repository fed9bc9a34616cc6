import { and, eq, isNotNull, isNull, or } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField, notFound, WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { chats, messages } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf, type WabaResult } from '../../waba/answer-of.ts';
import { isRecord, listOf, textOf } from '../../waba/json-record.ts';
import {
  hasNationalZero,
  isUserId,
  NO_LEADING_ZERO,
  parseRecipient,
} from '../../waba/recipient.ts';
import { findChat } from '../chats/find-chat.ts';
import { mayReadChat, mayWriteToChat } from '../permissions.ts';
import { beginAnew } from '../refreshing/refresh.ts';

/** Whom a call is about, as WABA names them and as our chats do. */
interface BlockingTarget {
  /** An item of WABA's `block_users`. */
  wabaUser: Record<string, string>;
  /** The key of the chat; undefined for someone who has none. */
  chat: string | undefined;
}

type Stack = Pick<StackContext, 'db' | 'config'>;

/**
 * Has WhatsApp keep a customer's messages from us (spec: blockContact). `now` is in milliseconds.
 * Throws as `findTarget` and `answerOf` do: WhatsApp refuses whoever has not written for 24 hours.
 */
export async function blockContact(
  stack: Stack,
  user: User,
  key: string,
  now: number,
): Promise<void> {
  await block(stack, await findTarget(stack.db, user, key), now);
}

/** Ends a block (spec: unblockContact). Throws as `blockContact` does. */
export async function unblockContact(
  { db, config }: Stack,
  user: User,
  key: string,
  now: number,
): Promise<void> {
  const { wabaUser, chat } = await findTarget(db, user, key);
  const result = await accountClient(config).unblockUser(wabaUser);
  refuseFailed(result, 'WhatsApp did not unblock the contact');
  await db.batch([
    query
      .update(chats)
      .set({ blocked_at: null })
      .where(and(eq(chats.wa_id, chat ?? ''), isNotNull(chats.blocked_at))),
    beginAnew('blocked', now),
  ]);
}

/** What a report says (spec: reportContact). */
export interface Report {
  /** Whether the customer is to be blocked, too. */
  isBlocking: boolean;
  /** The message that is complained about, by its id here or at WhatsApp. */
  messageId: string | undefined;
}

/**
 * Marks a customer as reported, and blocks them where that is asked for. WhatsApp's Cloud API has no
 * call for a report, so it stays a mark of this inbox. Throws as `blockContact` does, and `invalid`
 * for a message that is not the customer's.
 */
export async function reportContact(
  stack: Stack,
  user: User,
  key: string,
  report: Report,
  now: number,
): Promise<void> {
  const target = await findTarget(stack.db, user, key);
  if (target.chat === undefined) throw new WaypostError('not_found', 'Not found.');
  if (report.messageId !== undefined) await assertTheirs(stack, target.chat, report.messageId);
  if (report.isBlocking) await block(stack, target, now);
  await stack.db.run(
    query.update(chats).set({ reported_at: now }).where(eq(chats.wa_id, target.chat)),
  );
}

async function block({ db, config }: Stack, target: BlockingTarget, now: number): Promise<void> {
  const result = await accountClient(config).blockUser(target.wabaUser);
  refuseFailed(result, 'WhatsApp did not block the contact');
  await db.batch([
    query
      .update(chats)
      .set({ blocked_at: now })
      .where(and(eq(chats.wa_id, target.chat ?? ''), isNull(chats.blocked_at))),
    beginAnew('blocked', now),
  ]);
}

/** WABA says why in a list of those who failed, beside an error that says only that some did. */
function refuseFailed(result: WabaResult, what: string): void {
  const failure = result.kind === 'answered' ? failureIn(result.body) : undefined;
  if (failure !== undefined) throw new WaypostError('invalid', `${what}: ${failure}`);
  answerOf(result, what);
}

async function assertTheirs({ db }: Stack, chat: string, messageId: string): Promise<void> {
  const row = await db.first(
    query
      .select({ id: messages.id })
      .from(messages)
      .where(
        and(
          or(eq(messages.id, messageId), eq(messages.waba_id, messageId)),
          eq(messages.chat, chat),
          eq(messages.from_us, 0),
        ),
      ),
  );
  if (row !== undefined) return;
  const problem = 'There is no message of this contact with this id.';
  throw new WaypostError('invalid', problem, { fields: { message_id: [problem] } });
}

/**
 * Why WABA did not block or unblock: of its answer's body, what stands in `failed_users`. Undefined
 * where nobody failed. Each call of ours names one customer.
 */
function failureIn(answer: unknown): string | undefined {
  const users = isRecord(answer) ? answer['block_users'] : undefined;
  if (!isRecord(users)) return undefined;
  const [failed] = listOf(users['failed_users']);
  if (!isRecord(failed)) return undefined;
  const [error] = listOf(failed['errors']);
  const words = isRecord(error) ? (textOf(error['message']) ?? textOf(error['title'])) : undefined;
  return words ?? 'WhatsApp refused it.';
}

/**
 * Finds whom to block or report. It takes the right to read and to write to the chat; someone without a
 * chat is only for who may do both everywhere. Throws `not_found` for a chat that the user may not read,
 * `forbidden` for one they may only read, and `invalid` for what names nobody.
 */
async function findTarget(db: Database, user: User, key: string): Promise<BlockingTarget> {
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
