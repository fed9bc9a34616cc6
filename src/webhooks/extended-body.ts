import {
  type EventChat,
  isAssignedTo,
  mayRead,
  type Viewer,
  type Interest,
} from '../events/audience.ts';
import { takesActs, type MatchedEvent, type Shape } from '../events/kinds.ts';
import type { EventContents, ExtendedLists, ExtendedPayload } from '../events/event.ts';
import { type CustomerRef, readContact, readMessage, readStatus } from '../waba/items.ts';
import { isRecord, textOf } from '../waba/json-record.ts';
import { ownDisabledWebhooks } from './disabled-event.ts';

/** What is done in the inbox, by the name of the object that says it (spec: "chat_assignment"). */
const ACT_NAMES = [
  'chat_assignment',
  'chat_resolved',
  'user_availability',
  'chat_tagging',
  'message_tagging',
  'tagged_chats',
  'tagged_messages',
] as const;

/** WABA's own parts of the extended body, in the order in which they are sent. */
const WABA_PARTS = ['messages', 'statuses', 'errors'] as const;

/**
 * Builds the one extended body that a webhook gets of an event: the parts it asked for, without what
 * belongs to chats its user may not read. Null where nothing is left to tell.
 */
export function extendedBodyFor(
  interest: Interest,
  extended: ExtendedPayload,
  chats: readonly EventChat[],
): Record<string, unknown> | null {
  const readable: ExtendedLists =
    interest.canReadChats === 'all' ? extended : readablePart(interest, extended, chats);
  const body: Record<string, unknown[]> = {};
  if (interest.onIncomingMessage) {
    for (const part of WABA_PARTS) body[part] = readable[part] ?? [];
    body['incoming_messages'] = readable.incoming_messages ?? [];
  }
  if (interest.onOutgoingMessage) {
    body['outgoing_messages'] = readable.outgoing_messages ?? [];
    body['waba_errors'] = readable.waba_errors ?? [];
  }
  if (interest.onAssigned) {
    body['assigned_messages'] = assignedMessages(interest, readable, chats);
  }
  if (interest.onWebhookDisabled)
    body['disabled_webhooks'] = ownDisabledWebhooks(interest, extended.disabled_webhooks);
  const parts = Object.entries(body).filter(([, items]) => items.length > 0);
  if (parts.length === 0)
    return takesActs(interest) ? readableAct(interest, extended, chats) : null;
  // Contacts say who wrote; where nothing else is left they are no news of their own.
  const contacts = interest.onIncomingMessage ? (readable.contacts ?? []) : [];
  return Object.fromEntries(contacts.length > 0 ? [['contacts', contacts], ...parts] : parts);
}

/** The messages of an event that are in chats assigned to a user: those to hand over, else the new ones. */
export function assignedMessages(
  viewer: Viewer,
  readable: ExtendedLists,
  chats: readonly EventChat[],
): unknown[] {
  const assigned = keysOf(chats.filter((chat) => isAssignedTo(viewer, chat)));
  return ofChats(readable.assigned_messages ?? readable.incoming_messages, assigned);
}

/** What of an event belongs to chats that the user may read; what names no chat is left out. */
export function readablePart(
  viewer: Viewer,
  extended: ExtendedLists,
  chats: readonly EventChat[],
): ExtendedLists {
  const readable = keysOf(chats.filter((chat) => mayRead(viewer, chat)));
  const incoming = ofChats(extended.incoming_messages, readable);
  const outgoing = ofChats(extended.outgoing_messages, readable);
  // A chat's key need not be in WABA's message: the customer's number may have changed or be hidden.
  const messageIds: ReadonlySet<unknown> = new Set(
    incoming.flatMap((item) => wabaIdOf(item) ?? []),
  );
  const messages =
    extended.messages?.filter(
      (item) => messageIds.has(idOf(item)) || isOf(readMessage(item, 'customer'), readable),
    ) ?? [];
  const writers = new Set([...readable, ...messages.flatMap(writerOf)]);
  return {
    contacts: extended.contacts?.filter((item) => isOf(readContact(item), writers)) ?? [],
    messages,
    statuses: extended.statuses?.filter((item) => isOf(recipientOf(item), readable)) ?? [],
    // Errors that belong to no message belong to no chat.
    errors: extended.errors ?? [],
    incoming_messages: incoming,
    outgoing_messages: outgoing,
    waba_errors: ofMessages(extended.waba_errors, outgoing),
  };
}

/** Whom a status is about. One of a message that WhatsApp refused has no id of WhatsApp's. */
function recipientOf(status: unknown): CustomerRef | undefined {
  if (!isRecord(status)) return undefined;
  return readStatus(status['id'] === null ? { ...status, id: status['getchat_id'] } : status);
}

/** Picks, of errors as the API lists them, those about some of its messages. */
function ofMessages(errors: readonly unknown[] = [], messages: readonly unknown[]): unknown[] {
  const ids = new Set(messages.map((item) => (isRecord(item) ? item['id'] : undefined)));
  return errors.filter((error) => isRecord(error) && ids.has(error['getchat_id']));
}

/**
 * What an event says was done, by name, or null where that is nothing or for others' eyes. What is
 * about no chat is for everyone: who is in the inbox is no secret there.
 */
export function readableAct(
  viewer: Viewer,
  extended: ExtendedPayload,
  chats: readonly EventChat[],
): Record<string, unknown> | null {
  const acts = ACT_NAMES.filter((name) => extended[name] !== undefined);
  if (acts.length === 0) return null;
  if (chats.length > 0 && !chats.some((chat) => mayRead(viewer, chat))) return null;
  return Object.fromEntries(acts.map((name) => [name, extended[name]]));
}

function keysOf(chats: readonly EventChat[]): ReadonlySet<unknown> {
  return new Set(chats.map((chat) => chat.wa_id));
}

/** Picks, of messages as the API lists them, those of some chats. */
function ofChats(messages: readonly unknown[] = [], keys: ReadonlySet<unknown>): unknown[] {
  return messages.filter((item) => isRecord(item) && keys.has(item['customer_wa_id']));
}

/** What is of a group belongs to the group's chat alone, whoever wrote it. */
function isOf(
  ref: (CustomerRef & { group?: string | undefined }) | undefined,
  keys: ReadonlySet<unknown>,
): boolean {
  if (ref === undefined) return false;
  if (ref.group !== undefined) return keys.has(ref.group);
  return keys.has(ref.phone) || keys.has(ref.userId);
}

/** The keys of who wrote a message: in a group it is no chat's. */
function writerOf(item: unknown): unknown[] {
  const message = readMessage(item, 'customer');
  return [message?.phone, message?.userId].filter((key) => key !== undefined);
}

/** WhatsApp's id of a message as the API lists it. */
function wabaIdOf(message: unknown): string | undefined {
  return isRecord(message) ? idOf(message['waba_payload']) : undefined;
}

/** WhatsApp's id of a message as WABA sends it. */
function idOf(payload: unknown): string | undefined {
  return isRecord(payload) ? textOf(payload['id']) : undefined;
}

/** The `webhook-id` of an event for a webhook: the same on every attempt and wherever it is listed. */
export function deliveryId(eventId: string, webhookId: number): string {
  return `${eventId}.${webhookId}`;
}

/**
 * Returns the text that a webhook gets of an event in a shape, or null where nothing of the event is
 * left for the webhook's user to see. Equal arguments make equal bytes.
 */
export function deliveryBody(
  interest: Interest,
  event: Pick<MatchedEvent, 'chats'>,
  shape: Shape,
  contents: EventContents,
): string | null {
  if (shape === 'cloud_api') return contents.body;
  const body = extendedBodyFor(interest, contents.extended, event.chats);
  return body === null ? null : JSON.stringify(body);
}
