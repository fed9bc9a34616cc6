import type { EventChat, EventKind, EventRow } from '../events/event.ts';
import { readJson } from '../store/database.ts';
import { isAct, takesActs } from './acts.ts';
import type { Interest } from './subscriptions.ts';

/** What of an event decides who is told. */
export interface MatchedEvent {
  seq: number;
  kind: EventKind;
  /** Which kinds of WABA's content are in it. */
  fields: readonly string[];
  chats: readonly EventChat[];
  /** Whether there are new messages from customers in it. */
  hasIncoming: boolean;
}

/** Reads what decides it from an event's row; its contents stay unread. */
export function toMatched(
  row: Pick<EventRow, 'seq' | 'kind' | 'fields' | 'chats' | 'incoming'>,
): MatchedEvent {
  return {
    seq: row.seq,
    kind: row.kind,
    fields: readJson(row.fields),
    chats: readJson(row.chats),
    hasIncoming: readJson<string[]>(row.incoming).length > 0,
  };
}

/** For whose eyes something is: the user of a webhook or of a websocket. */
export type Viewer = Pick<Interest, 'userId' | 'isAdmin' | 'canReadChats' | 'groupIds'>;

/** WABA's own body, or the get.chat shape of what is new in it. */
export type Shape = 'cloud_api' | 'extended';

/**
 * Says in which shape a webhook gets an event, or null where it does not. Of WABA's events a webhook
 * gets one body each: the original where it takes that, else the extended one where a flag of it asks
 * for such an event. An extended body may still turn out empty: see `extendedBodyFor`.
 */
export function shapeFor(interest: Interest, event: MatchedEvent): Shape | null {
  if (!interest.isOwnerActive || event.seq <= interest.sinceSeq) return null;
  if (takesOriginal(interest, event)) return 'cloud_api';
  return takesExtended(interest, event) ? 'extended' : null;
}

/** The original body is never cut, so who gets it must be allowed to read every chat in it. */
function takesOriginal(interest: Interest, { kind, fields }: MatchedEvent): boolean {
  if (kind !== 'waba' || !interest.onCloudApi) return false;
  if (interest.canReadChats !== 'all') return false;
  return interest.fields?.some((field) => fields.includes(field)) ?? true;
}

/**
 * What is of chats that the user may not read is not even counted for them, nor does a delivery of it
 * stand in the log: both would say who wrote, and when.
 */
function takesExtended(interest: Interest, event: MatchedEvent): boolean {
  if (event.kind === 'outgoing') return interest.onOutgoingMessage && mayReadSome(interest, event);
  if (event.kind === 'failure') {
    const isAsked = interest.onOutgoingMessage || interest.onIncomingMessage;
    return isAsked && mayReadSome(interest, event);
  }
  if (event.kind === 'webhook') return interest.onWebhookDisabled;
  if (isAct(event.kind)) {
    return takesActs(interest) && (event.chats.length === 0 || mayReadSome(interest, event));
  }
  if (event.kind === 'assigned') return interest.onAssigned && isForAssignee(interest, event);
  if (event.kind !== 'waba') return false;
  if (interest.onIncomingMessage && (mayReadSome(interest, event) || hasErrors(event))) return true;
  return interest.onAssigned && event.hasIncoming && isForAssignee(interest, event);
}

function mayReadSome(viewer: Viewer, { chats }: MatchedEvent): boolean {
  return viewer.canReadChats === 'all' || chats.some((chat) => mayRead(viewer, chat));
}

/** Errors that belong to no chat are for everyone; what is of no chat and no error has nothing in it for others. */
function hasErrors({ chats, fields }: MatchedEvent): boolean {
  return fields.includes('errors') || (chats.length === 0 && fields.includes('messages'));
}

/** Whether a chat of the event was assigned to the user, who may read it. */
export function isForAssignee(viewer: Viewer, { chats }: Pick<MatchedEvent, 'chats'>): boolean {
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

function isOfGroups({ groupIds }: Viewer, chat: EventChat): boolean {
  return chat.assigned_group_id !== null && groupIds.includes(chat.assigned_group_id);
}
