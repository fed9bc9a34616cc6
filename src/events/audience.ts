import { sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../auth/user.ts';
import type { OtherDialect } from '../dialect-names.ts';

/** A chat that an event is about, and whose it was then: who may see the event is decided from it. */
export interface EventChat {
  wa_id: string;
  assigned_user_id: number | null;
  assigned_group_id: number | null;
  /** Whether a customer's message in the event opened the window in which they can be sent anything. */
  opens_window?: true;
  /** Whether nothing is left to do in it; as the next two only where a webhook of a dialect was there to tell. */
  resolved?: number;
  /** Its row number. */
  n?: number | null;
  /** How many of the customer's messages none of the people in the inbox had received. */
  unread?: number;
  /** How those of our messages in the event came to be that a dialect sent, by our ids. */
  origins?: Readonly<Record<string, MessageOrigin>>;
}

/** What a dialect says of a message that was sent through it; kept with the message, and with its events. */
export interface MessageOrigin {
  dialect: OtherDialect;
  /** The caller's program, as it calls itself. */
  app?: string;
  /** What the caller wants to know the message again by. */
  tracking?: string;
  /** Whom the caller names as the sender. */
  sender?: string;
}

/** For whose eyes something is: the user of a webhook or of a websocket. */
export interface Viewer {
  userId: number;
  isAdmin: boolean;
  canReadChats: Scope;
  groupIds: readonly number[];
}

/** What of a webhook decides what it is told: all but where to and how. */
export interface Interest extends Viewer {
  id: number;
  /** A user who was deactivated is told nothing more. */
  isOwnerActive: boolean;
  onIncomingMessage: boolean;
  onOutgoingMessage: boolean;
  onAssigned: boolean;
  onCloudApi: boolean;
  onWebhookDisabled: boolean;
  /** Which kinds of WABA's events `onCloudApi` takes; null takes all. */
  fields: readonly string[] | null;
  /** It gets events with a higher sequence number only. */
  sinceSeq: number;
  /** What it takes where it is of another dialect than `getchat`: no flag above counts then. */
  dialect: DialectInterest | null;
}

/** What a webhook of another dialect takes, and what its renderer must know of it. */
export interface DialectInterest {
  name: OtherDialect;
  /** By the dialect's own names. */
  events: readonly string[];
  /** What the dialect calls by a name of its own: the id of a client, a messenger type. */
  ref: string | null;
  /** Our own number in digits; null while WABA has not named it. */
  ownNumber: string | null;
}

/** Whether a chat of an event was assigned to the user, who may read it. */
export function isForAssignee(
  viewer: Viewer,
  { chats }: { readonly chats: readonly EventChat[] },
): boolean {
  return chats.some((chat) => isAssignedTo(viewer, chat) && mayRead(viewer, chat));
}

/** Whether a chat was assigned to the user when the event was written. */
export function isAssignedTo(viewer: Viewer, chat: EventChat): boolean {
  return chat.assigned_user_id === viewer.userId;
}

/** Whether the user may read a chat, by whose it was when the event was written. */
export function mayRead(viewer: Viewer, chat: EventChat): boolean {
  const scope = viewer.canReadChats;
  if (scope === 'all') return true;
  if (scope === 'none') return false;
  return isAssignedTo(viewer, chat) || (scope === 'group' && isOfGroups(viewer, chat));
}

/** Whether the user may read one of some chats, or all there are: what names no chat is for those who may read all. */
export function mayReadSome(
  viewer: Viewer,
  { chats }: { readonly chats: readonly EventChat[] },
): boolean {
  return viewer.canReadChats === 'all' || chats.some((chat) => mayRead(viewer, chat));
}

function isOfGroups({ groupIds }: Viewer, chat: EventChat): boolean {
  return chat.assigned_group_id !== null && groupIds.includes(chat.assigned_group_id);
}

/**
 * `mayRead` as a condition over the user `u` and their webhook; `chat` is an item of `events.chats`.
 */
export function mayReadIt(chat: SQL): SQL {
  return sql`case u.can_read_chats when 'all' then 1 when 'none' then 0
    else ${chat}->>'assigned_user_id' = u.id or (u.can_read_chats = 'group' and exists (
      select 1 from user_groups g
      where g.user_id = u.id and g.group_id = ${chat}->>'assigned_group_id')) end`;
}

/** `mayReadSome` as a condition over an event `e` and a user `u`. */
export const MAY_READ_SOME: SQL = sql`(u.can_read_chats = 'all' or exists (
  select 1 from json_each(e.chats) c where ${mayReadIt(sql`c.value`)}))`;
