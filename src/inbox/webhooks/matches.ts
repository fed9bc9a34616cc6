import type { EventChat, EventKind } from '../events.ts';
import type { Subscription } from './subscriptions.ts';

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

/** For whose eyes something is: the user of a webhook or of a websocket. */
export type Viewer = Pick<Subscription, 'userId' | 'canReadChats' | 'groupIds'>;

/** WABA's own body, or the get.chat shape of what is new in it. */
export type Shape = 'cloud_api' | 'extended';

/**
 * Says in which shape a webhook gets an event, or null where it does not. Of WABA's events a webhook
 * gets one body each: the original where it takes that, else the extended one where a flag of it asks
 * for such an event. An extended body may still turn out empty: see `extendedBodyFor`.
 */
export function shapeFor(subscription: Subscription, event: MatchedEvent): Shape | null {
  if (!subscription.isOwnerActive || event.seq <= subscription.sinceSeq) return null;
  if (takesOriginal(subscription, event)) return 'cloud_api';
  return takesExtended(subscription, event) ? 'extended' : null;
}

/** The original body is never cut, so who gets it must be allowed to read every chat in it. */
function takesOriginal(subscription: Subscription, { kind, fields }: MatchedEvent): boolean {
  if (kind !== 'waba' || !subscription.onCloudApi) return false;
  if (subscription.canReadChats !== 'all') return false;
  return subscription.fields?.some((field) => fields.includes(field)) ?? true;
}

function takesExtended(subscription: Subscription, event: MatchedEvent): boolean {
  if (event.kind === 'outgoing') return subscription.onOutgoingMessage;
  if (event.kind !== 'waba') return false;
  if (subscription.onIncomingMessage) return true;
  if (!subscription.onAssigned || !event.hasIncoming) return false;
  return event.chats.some(
    (chat) => isAssignedTo(subscription, chat) && mayRead(subscription, chat),
  );
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
