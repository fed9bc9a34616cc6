import { type ExtendedPayload, type NewEvent, ownEvent } from '../events/event.ts';
import type { SavedName } from '../inbox/chats/chat-rows.ts';
import type { ChatMove } from '../inbox/chats/move-chats.ts';
import { type MessageLookups, presentMessage } from '../inbox/messages/present-message.ts';
import { tagsByOwner } from '../inbox/tags/tags-on.ts';
import { HOPS_HEADER } from '../outbound/hops.ts';
import { CHANGED_MARK } from '../outbound/meta-signature.ts';
import type { GroupUpdate } from '../waba/group-updates.ts';
import type { TemplateChange } from '../waba/template-changes.ts';
import { CustomerBook } from './customer-book.ts';
import { eventChats } from './event-chats.ts';
import type { Known, PlanInput } from './known.ts';
import { type ChatWrite, planChats, planSavedNames } from './plan-chats.ts';
import { type MessageFill, type MessageWrite, planFills, planMessages } from './plan-messages.ts';
import { planStatuses, shortError, StatusTargets, type StatusWrite } from './plan-statuses.ts';

/** Everything that one body writes. */
export interface IngestPlan {
  event: NewEvent;
  /** Chats that go on under another key. */
  moves: ChatMove[];
  chats: ChatWrite[];
  messages: MessageWrite[];
  statuses: StatusWrite[];
  /** Errors of WABA's that belong to no message. */
  errors: string[];
  /** What became of message templates. */
  templates: TemplateChange[];
  /** WhatsApp's ids of the messages that are edited or revoked by others, as far as that is known. */
  changed: string[];
  /** What tells subscribers of messages that one of us wrote in the WhatsApp Business app. */
  outgoing: NewEvent | undefined;
  /** Messages of the past whose content has come. */
  fills: MessageFill[];
  /** What became of WhatsApp groups. */
  groups: GroupUpdate[];
  savedNames: SavedName[];
  /** Numbers of others that the body is about, by WhatsApp's ids. */
  foreign: string[];
  /** Whether WABA has to be asked which number is ours. */
  asksNumber: boolean;
}

/**
 * Decides what one body writes, or undefined where there is nothing new in it. Pure: it relies on
 * `known` being true at the time of the write, which the unique keys of the tables guard.
 */
export function planIngest(input: PlanInput): IngestPlan | undefined {
  const { inbound, known } = input;
  // The same bytes were stored before, with all that is in them.
  if (known.digests.includes(input.digest)) return undefined;
  const book = new CustomerBook(known, inbound);
  const messages = planMessages(input, book);
  const statuses = planStatuses(inbound.statuses, known);
  if (messages.length === 0 && statuses.length === 0 && !inbound.hasUnidentified) return undefined;

  const chats = planChats(inbound.contacts, messages, book);
  // Nobody is told of what was written before we were there, beyond the body itself.
  const told = messages.filter((message) => !message.isPast);
  const lookups = lookupsOf(input, messages, chats, book);
  const event = eventOf(input, {
    extended: extendedOf(input, told, statuses, lookups),
    chats: eventChats({ messages: told, statuses, chats }, book),
    incoming: told.filter((message) => message.fromUs === 0).map((message) => message.id),
    digest: inbound.hasUnidentified ? input.digest : null,
  });
  const errors = inbound.errors.map((error) => JSON.stringify(shortError(error)));
  const { templates, groups, foreign } = inbound;
  return {
    event,
    moves: [...book.moves, ...book.newNames(new Set(chats.map(({ waId }) => waId)))],
    chats,
    messages,
    statuses,
    errors,
    templates,
    changed: changedBy(messages, known),
    outgoing: outgoingEvent(input, told, lookups, book),
    fills: planFills(input),
    groups,
    savedNames: planSavedNames(inbound, book),
    foreign,
    // With another key the number may be another one.
    asksNumber: foreign.length > 0 || known.ownNumber?.is_current === 0,
  };
}

/**
 * The last resort for a body whose items cannot be stored, or undefined where it is stored already: the
 * event alone, known again by its digest, so that WABA does not send it for seven days in vain.
 */
export function planBodyAlone(input: PlanInput): IngestPlan | undefined {
  if (input.known.digests.includes(input.digest)) return undefined;
  const nothing = { extended: {}, chats: [], incoming: [] };
  const event = eventOf(input, { ...nothing, digest: input.digest });
  return {
    event,
    moves: [],
    chats: [],
    messages: [],
    statuses: [],
    errors: [],
    templates: [],
    changed: [],
    outgoing: undefined,
    fills: [],
    groups: [],
    savedNames: [],
    foreign: [],
    asksNumber: false,
  };
}

function eventOf(
  input: PlanInput,
  contents: Pick<NewEvent, 'extended' | 'chats' | 'incoming' | 'digest'>,
): NewEvent {
  const body = new StatusTargets(input.known.messages).mark(input.text, input.inbound.statuses);
  return {
    id: input.newId(),
    kind: 'waba',
    createdAt: input.now,
    body,
    headers: {
      // A signature over other bytes than those sent on would only mislead.
      ...(body === input.text ? input.signatures : { [CHANGED_MARK]: '1' }),
      ...(input.hops === 0 ? {} : { [HOPS_HEADER]: String(input.hops) }),
    },
    fields: input.inbound.fields,
    ...contents,
  };
}

function changedBy(messages: readonly MessageWrite[], known: Known): string[] {
  const before = new Set(known.changed);
  const ids = messages.flatMap(({ wabaId, source }) => [
    ...(source.refers_to === null ? [] : [source.refers_to]),
    ...(before.has(wabaId) ? [wabaId] : []),
  ]);
  return [...new Set(ids)];
}

/** What the messages of a body refer to, as far as it is known or in the body itself. */
function lookupsOf(
  { known, baseUrl, mediaLink }: PlanInput,
  messages: readonly MessageWrite[],
  chats: readonly ChatWrite[],
  book: CustomerBook,
): MessageLookups {
  const stored = new Map(
    known.messages.map((row) => [row.waba_id, { ...row, chat: book.current(row.chat) }]),
  );
  const persons = new Map(chats.map((chat) => [chat.waId, chat.person]));
  return {
    person: (chat: string) => persons.get(chat),
    // Nobody of ours sends what comes in; a context that one of us sent shows without its sender.
    sender: () => undefined,
    byWabaId: (id: string) =>
      stored.get(id) ?? messages.find((message) => message.wabaId === id)?.source,
    tags: tagsByOwner(known.messageTags),
    chatTags: tagsByOwner(known.chatTags, (key) => book.current(key)),
    mark: () => 0,
    baseUrl,
    mediaLink,
  };
}

/** The get.chat shape: the same lists that On-Prem had, with what is new in them, and our own. */
function extendedOf(
  { inbound }: PlanInput,
  messages: readonly MessageWrite[],
  statuses: readonly StatusWrite[],
  lookups: MessageLookups,
): ExtendedPayload {
  const incoming = messages.filter((message) => message.fromUs === 0);
  const extended: ExtendedPayload = {};
  if (incoming.length > 0) {
    extended.contacts = inbound.contacts.map((contact) => contact.payload);
    extended.messages = incoming.map((message) => message.raw);
    extended.incoming_messages = incoming.map(({ source }) => presentMessage(source, lookups));
  }
  if (statuses.length > 0) extended.statuses = statuses.map((status) => status.shown);
  if (inbound.errors.length > 0) extended.errors = inbound.errors;
  return extended;
}

/** An event like those of messages that were sent by the API: who takes these takes it. */
function outgoingEvent(
  input: PlanInput,
  messages: readonly MessageWrite[],
  lookups: MessageLookups,
  book: CustomerBook,
): NewEvent | undefined {
  const sent = messages.filter((message) => message.fromUs === 1);
  if (sent.length === 0) return undefined;
  const told = {
    id: input.newId(),
    extended: { outgoing_messages: sent.map(({ source }) => presentMessage(source, lookups)) },
    chats: eventChats({ messages: sent, statuses: [], chats: [] }, book),
  };
  return ownEvent('outgoing', told, input.now);
}
