import type { StackIdentity } from '../config.ts';
import { type DialectInterest, type Interest, mayRead } from '../events/audience.ts';
import type { EventContents } from '../events/event.ts';
import type { MatchedEvent, Shape } from '../events/kinds.ts';
import {
  type DialectPart,
  dialectOf,
  type RenderedWebhook,
  type WebhookDialects,
} from './dialect.ts';
import { deliveryBody, readableAct, readablePart } from './extended-body.ts';

/** What parts are made with beside the event and its webhook. */
export interface PartsContext {
  dialects: WebhookDialects;
  identity: StackIdentity;
}

/** An event by what its parts are made of. */
export type PartsEvent = Pick<MatchedEvent, 'seq' | 'kind' | 'chats'> & {
  /** A UUID. */
  id: string;
  /** Milliseconds. */
  createdAt: number;
};

/**
 * The requests by which a webhook is told of an event, in order: one, or as many as its dialect makes of it. None
 * where nothing of the event is left for the webhook's user to see. Equal arguments make equal bytes.
 * Throws an Error where this version does not speak the dialect.
 */
export function deliveryParts(
  interest: Interest,
  event: PartsEvent,
  shape: Shape,
  contents: EventContents,
  { dialects, identity }: PartsContext,
): readonly DialectPart[] {
  const { dialect } = interest;
  if (shape !== 'dialect') {
    const body = deliveryBody(interest, event, shape, contents);
    return body === null ? [] : [{ body }];
  }
  if (dialect === null) return [];
  const speaker = dialectOf(dialects, dialect.name);
  const { id, seq, kind, createdAt } = event;
  const readable = readableContents(interest, event, contents);
  const rendered = { id, seq, kind, createdAt, ...readable };
  return speaker.render(rendered, renderedWebhook(interest, dialect), identity);
}

/** A webhook as renderers know it. */
export function renderedWebhook(
  { id, userId }: Pick<Interest, 'id' | 'userId'>,
  { events, ref, ownNumber }: DialectInterest,
): RenderedWebhook {
  return { id, userId, events, ref, ownNumber };
}

function readableContents(
  interest: Interest,
  { chats }: PartsEvent,
  { body, extended }: EventContents,
): EventContents & Pick<PartsEvent, 'chats'> {
  if (interest.canReadChats === 'all') return { body, extended, chats };
  const acts = readableAct(interest, extended, chats) ?? {};
  return {
    body: null,
    extended: { ...readablePart(interest, extended, chats), ...acts },
    chats: chats.filter((chat) => mayRead(interest, chat)),
  };
}

/** The `webhook-id` of a part: that of its delivery for the first, which is mostly the only one. */
export function partId(deliveryId: string, part: number): string {
  return part === 0 ? deliveryId : `${deliveryId}.${part}`;
}
