import { type EventChat, isForAssignee, mayRead, type Viewer } from '../../events/audience.ts';
import { type EventKind, type FrameStyle, KINDS } from '../../events/kinds.ts';
import type { ExtendedLists, ExtendedPayload } from '../../events/event.ts';
import { isRecord, type JsonRecord, listOf } from '../../waba/json-record.ts';
import { ownDisabledWebhooks } from '../../webhooks/disabled-event.ts';
import { assignedMessages, readableAct, readablePart } from '../../webhooks/extended-body.ts';
import { fileLinksIn, withFileLink } from './event-links.ts';

/** An event with its contents. */
export interface ShownEvent {
  seq: number;
  kind: EventKind;
  chats: readonly EventChat[];
  /** Whether the body holds messages for another number, which are none of this inbox. */
  hasForeign?: boolean;
  body: string | null;
  extended: ExtendedPayload;
}

/** How the frames of an event are made, by the style of its kind. */
const FRAMES: Readonly<Record<FrameStyle, (viewer: Viewer, event: ShownEvent) => string[]>> = {
  envelope: listFrames,
  lists: listFrames,
  owner: disabledFrames,
  assignee: assignedFrames,
  act: actFrames,
};

/**
 * The frames of an event for one user; none where nothing in it is for them.
 *
 * `waba_webhook` carries WABA's envelope and the get.chat lists side by side, so that clients of
 * either find theirs. Our own events come as `getchat_webhook` too: newer clients of the inbox look
 * for them there, older ones pass over a type they do not know.
 */
export function framesFor(viewer: Viewer, event: ShownEvent): string[] {
  return FRAMES[KINDS[event.kind].frames](viewer, event);
}

function listFrames(viewer: Viewer, event: ShownEvent): string[] {
  if (viewer.canReadChats === 'all')
    return wholeFrames({ ...event, extended: withAssigned(viewer, event, event.extended) });
  // Never the body itself: beside what is new it may repeat messages of chats that are not named here.
  if (!event.chats.some((chat) => mayRead(viewer, chat))) return [];
  const readable = readablePart(viewer, event.extended, event.chats);
  return partialFrames(event, withAssigned(viewer, event, readable));
}

/** With the new messages from chats that are the viewer's (spec: "assigned_messages"). */
function withAssigned<Lists extends ExtendedLists>(
  viewer: Viewer,
  { kind, chats }: ShownEvent,
  lists: Lists,
): Lists {
  const assigned = kind === 'waba' ? assignedMessages(viewer, lists, chats) : [];
  return assigned.length === 0 ? lists : { ...lists, assigned_messages: assigned };
}

function wholeFrames(event: ShownEvent): string[] {
  const { seq, kind, body, extended, hasForeign } = event;
  if (hasForeign) return partialFrames(event, extended);
  const own = JSON.stringify(extended);
  if (KINDS[kind].frames !== 'envelope') return ownFrames(seq, own);
  const payload = isEnvelope(body) ? joinObjects(body, own) : own === '{}' ? (body ?? '{}') : own;
  return [frame('waba_webhook', seq, payload)];
}

/** A webhook that was disabled is its owner's affair and the admins'. */
function disabledFrames(viewer: Viewer, { seq, extended }: ShownEvent): string[] {
  const disabled = ownDisabledWebhooks(viewer, extended.disabled_webhooks);
  if (disabled.length === 0) return [];
  return ownFrames(seq, JSON.stringify({ disabled_webhooks: disabled }));
}

/** What a chat holds for whom it was just assigned to is no news to the others. */
function assignedFrames(viewer: Viewer, event: ShownEvent): string[] {
  if (!isForAssignee(viewer, event)) return [];
  return ownFrames(event.seq, JSON.stringify(event.extended));
}

function actFrames(viewer: Viewer, { seq, extended, chats }: ShownEvent): string[] {
  const act = readableAct(viewer, extended, chats);
  return act === null ? [] : ownFrames(seq, JSON.stringify(act));
}

function ownFrames(seq: number, payload: string): string[] {
  return [frame('waba_webhook', seq, payload), frame('getchat_webhook', seq, payload)];
}

/** Only the old On-Prem bodies are no envelopes; their keys are those of the extended shape. */
function isEnvelope(body: string | null): body is string {
  return body !== null && isRecord(JSON.parse(body)) && /^\s*\{\s*"(?:object|entry)"/.test(body);
}

/** Joins two JSON objects as text, because parsing would change large numbers in WABA's. */
function joinObjects(first: string, second: string): string {
  if (second === '{}') return first;
  return `${first.trimEnd().slice(0, -1)},${second.slice(1)}`;
}

/** For someone who may read some of the chats: an envelope of nothing but what is in the lists. */
function partialFrames(event: ShownEvent, readable: ExtendedLists): string[] {
  const lists = Object.fromEntries(
    Object.entries(readable).filter(([, items]) => items.length > 0),
  );
  const told = Object.keys(lists).filter((name) => name !== 'contacts' && name !== 'errors');
  if (told.length === 0) return [];
  const own = JSON.stringify(lists);
  if (KINDS[event.kind].frames !== 'envelope') return ownFrames(event.seq, own);
  const payload = JSON.stringify({ ...partialEnvelope(event.body, lists), ...lists });
  return [frame('waba_webhook', event.seq, payload)];
}

function partialEnvelope(body: string | null, lists: ExtendedLists): JsonRecord {
  const { contacts, messages, statuses } = lists;
  const links = fileLinksIn(lists);
  const value = {
    messaging_product: 'whatsapp',
    ...metadataOf(body, [...listOf(messages), ...listOf(statuses)]),
    contacts,
    messages: messages && listOf(messages).map((message) => withFileLink(message, links)),
    statuses,
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ changes: [{ field: 'messages', value }] }],
  };
}

/** Which number the items are about: that of the value that holds one of them. */
function metadataOf(body: string | null, items: readonly unknown[]): JsonRecord {
  const envelope: unknown = JSON.parse(body ?? '{}');
  const entries = isRecord(envelope) ? listOf(envelope['entry']) : [];
  const changes = entries.flatMap((entry) => (isRecord(entry) ? listOf(entry['changes']) : []));
  const values = changes.flatMap((change) => (isRecord(change) ? [change['value']] : []));
  const told = values.filter((value) => isRecord(value) && isRecord(value['metadata']));
  const ids = new Set(items.flatMap(idsIn));
  const found = told.find((value) => idsIn(value).some((id) => ids.has(id))) ?? told[0];
  return isRecord(found) ? { metadata: found['metadata'] } : {};
}

/** The id of an item, or those of the items in a value. */
function idsIn(value: unknown): unknown[] {
  if (!isRecord(value)) return [];
  const items = [...listOf(value['messages']), ...listOf(value['statuses'])];
  return [value['id'], ...items.map((item) => (isRecord(item) ? item['id'] : undefined))].filter(
    (id) => id !== undefined,
  );
}

function frame(type: string, seq: number, payload: string): string {
  return `{"type":"${type}","sequence":${seq},"waba_payload":${payload}}`;
}
