import { sql, type SQL } from 'drizzle-orm';
import type { ChatAlias } from '../../inbox/chats/chat-aliases.ts';
import { learnUserIds } from '../../inbox/chats/chat-rows.ts';
import { type ChatMove, moveChats } from '../../inbox/chats/move-chats.ts';
import { type Database, jsonList } from '../../store/database.ts';
import { isPhone, parseRecipient } from '../../waba/recipient.ts';
import type { SendOutcome } from '../../waba/send-outcome.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** What became of an attempt, as far as it says who the recipient is. */
interface Told {
  message: Pick<OutgoingMessage, 'chat' | 'chat_user_id'>;
  dialled?: string | undefined;
  result: { kind: string; userId?: string | undefined; isNamed?: boolean };
}

/**
 * The number by which WhatsApp knows who was sent to as `chat`, where the answer to the send says that it
 * is another: in Brazil, Mexico and Argentina it is not always the one that was dialled.
 */
export function otherNameTold(
  chat: string,
  { contactInput, contactWaId }: Extract<SendOutcome, { kind: 'sent' }>,
): string | undefined {
  // What the answer says of somebody else says nothing of this chat.
  if (parseRecipient(contactInput ?? '') !== chat) return undefined;
  const told = parseRecipient(contactWaId ?? '');
  return told === undefined || !isPhone(told) || told === chat ? undefined : told;
}

/**
 * Lets the chats of numbers that were dialled go on under WhatsApp's own, merging them where both exist.
 * Returns the outcomes with the chats as they are then: only who reads them may be another.
 */
export async function mergeRecipients<Outcome extends Told>(
  db: Database,
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  const renamed = outcomes.filter(({ dialled }) => dialled !== undefined);
  if (renamed.length === 0) return outcomes;
  const names = jsonList(renamed.map(({ message }) => message.chat));
  const aliases = await db.all<ChatAlias>(sql`select * from chat_aliases
    where alias in (select value from json_each(${names}))`);
  const ledTo = new Map(aliases.map(({ alias, chat }) => [alias, chat]));
  const current = (chat: string): string => ledTo.get(chat) ?? chat;
  const moves = renamed.flatMap(({ message, dialled: from = '' }) => {
    const to = current(message.chat);
    return from === to ? [] : [{ from, to, isAlias: isPhone(from) }];
  });
  await mergeChatsOf(db, moves);
  const list = jsonList(renamed.map(({ message }) => current(message.chat)));
  const chats = await db.all<Assigned>(sql`select wa_id, assigned_user_id, assigned_group_id
    from chats where wa_id in (select value from json_each(${list}))`);
  const assigned = new Map(chats.map(({ wa_id: waId, ...rest }) => [waId, rest]));
  return outcomes.map((outcome) => {
    const chat = current(outcome.message.chat);
    return { ...outcome, message: { ...outcome.message, chat, ...assigned.get(chat) } };
  });
}

interface Assigned {
  wa_id: string;
  assigned_user_id: number | null;
  assigned_group_id: number | null;
}

/** A chat that a user id belongs to. */
export interface Holder {
  wa_id: string;
  user_id: string;
}

/**
 * Which chats are one customer's, since the answers to sends named user ids that other chats have. The
 * chat goes on under the number that WhatsApp has named last. `holders` are the chats that had those ids.
 */
export function sameCustomers(outcomes: readonly Told[], holders: readonly Holder[]): ChatMove[] {
  const holderOf = new Map(holders.map((holder) => [holder.user_id, holder.wa_id]));
  return unheld(outcomes).flatMap(({ chat, userId, isNamed }) => {
    const holder = holderOf.get(userId);
    if (holder === undefined || holder === chat) return [];
    if (isNamed || !isPhone(holder)) {
      return [{ from: holder, to: chat, isAlias: isPhone(holder) }];
    }
    return [{ from: chat, to: holder, isAlias: true }];
  });
}

/** Selects the chats that have the user ids which the answers named of chats without one; nearly always none. */
export function selectHolders(outcomes: readonly Told[]): SQL {
  const userIds = jsonList(unheld(outcomes).map(({ userId }) => userId));
  return sql`select wa_id, user_id from chats
    where user_id in (select value from json_each(${userIds}))`;
}

function unheld(outcomes: readonly Told[]): { chat: string; userId: string; isNamed: boolean }[] {
  return outcomes.flatMap(({ message, result }) => {
    if (result.kind !== 'sent' || result.userId === undefined) return [];
    if (!isPhone(message.chat) || message.chat_user_id !== null) return [];
    return [{ chat: message.chat, userId: result.userId, isNamed: result.isNamed === true }];
  });
}

/** Makes one chat of each two, with the user id that either has. */
export async function mergeChatsOf(db: Database, moves: readonly ChatMove[]): Promise<void> {
  if (moves.length === 0) return;
  const from = jsonList(moves.map((move) => move.from));
  const known = await db.all<Holder>(sql`select wa_id, user_id from chats
    where wa_id in (select value from json_each(${from})) and user_id is not null`);
  const userIdOf = new Map(known.map((chat) => [chat.wa_id, chat.user_id]));
  const brought = moves.flatMap((move) => {
    const userId = userIdOf.get(move.from);
    return userId === undefined ? [] : [{ waId: move.to, userId }];
  });
  await db.batch([...moveChats(moves), ...learnUserIds(brought)]);
}
