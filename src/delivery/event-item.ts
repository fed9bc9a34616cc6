import type { MatchedEvent, Shape } from '../events/kinds.ts';
import { type EventRow, readContents } from '../events/event.ts';
import { ATTEMPT_DEADLINE_MS, type AttemptRequest } from '../outbound/attempt.ts';
import { HOPS_HEADER } from '../outbound/hops.ts';
import { signatureHeaders, withSignatures } from '../outbound/meta-signature.ts';
import { readJson } from '../store/database.ts';
import { deliveryParts, partId } from '../webhooks/delivery-parts.ts';
import { dialectOf, type DialectPart, type WebhookDialects } from '../webhooks/dialect.ts';
import type { StackContext } from '../store/open-stack.ts';
import { deliveryId } from '../webhooks/extended-body.ts';
import { shapeFor, toMatched } from '../webhooks/matches.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';

/** An event as delivery reads it. */
export interface DeliverableEvent extends MatchedEvent {
  row: EventRow;
  /** Headers that came with the body and go on with it. */
  headers: Record<string, string>;
  /** Ids of the incoming messages in it. */
  incoming: readonly string[];
}

/** One delivery: one event for one webhook. */
export interface Delivery {
  event: DeliverableEvent;
  subscription: Subscription;
  shape: Shape;
  /** The replay that it is part of; null where it is not. */
  replayId: number | null;
  /** Which of its parts is next; null in the fast lane, which takes deliveries of one part only. */
  part: number | null;
}

/** A request with its own deadline (milliseconds). */
export interface DeliveryRequest extends AttemptRequest {
  deadlineMs: number;
}

/** What is to be sent next of a delivery. */
export interface NextPart {
  request: DeliveryRequest;
  /** From 0. */
  part: number;
  isLast: boolean;
}

/** Events as read from their rows. One that cannot be read takes no other with it. */
export interface ReadEvents {
  events: DeliverableEvent[];
  poison: { seq: number; error: unknown }[];
}

/** Reads the rows of events, not yet their contents. */
export function readEvents(rows: readonly EventRow[]): ReadEvents {
  const read: ReadEvents = { events: [], poison: [] };
  for (const row of rows) {
    try {
      read.events.push(toDeliverable(row));
    } catch (error) {
      read.poison.push({ seq: row.seq, error });
    }
  }
  return read;
}

function toDeliverable(row: EventRow): DeliverableEvent {
  return {
    ...toMatched(row),
    row,
    headers: readJson(row.headers ?? '{}'),
    incoming: readJson(row.incoming),
  };
}

/** The deliveries of an event, one per webhook that gets it. */
export function deliveriesOf(
  event: DeliverableEvent,
  subscriptions: readonly Subscription[],
): Delivery[] {
  return subscriptions.flatMap((subscription) => {
    const shape = shapeFor(subscription, event);
    return shape === null ? [] : [{ event, subscription, shape, replayId: null, part: null }];
  });
}

/**
 * Makes the next request of a delivery. Null where nothing of the event is left for the webhook's user to
 * see; `several` where the delivery has parts and is not in the lane that sends them. The same delivery makes
 * the same bytes at every attempt. Throws `not_found` where what the event says is there no more, and
 * an Error where it cannot be read now.
 */
export async function nextPart(
  delivery: Delivery,
  { stack, dialects }: { stack: StackContext; dialects: WebhookDialects },
): Promise<NextPart | 'several' | null> {
  const { event, subscription } = delivery;
  const { config } = stack;
  const { id } = event.row;
  const parts =
    rendered.get(event)?.get(subscription.id) ?? (await partsOf(delivery, stack, dialects));
  if (delivery.part === null && parts.length > 1) return 'several';
  const index = delivery.part ?? 0;
  const part = parts[index];
  if (part === undefined) return null;
  const { dialect } = subscription;
  const ofDialect = dialect === null ? undefined : dialectOf(dialects, dialect.name);
  const request = {
    ...requestOf(delivery, part.body, config.metaAppSecret),
    id: partId(deliveryId(id, subscription.id), index),
    deadlineMs: part.deadlineMs ?? ofDialect?.deadlineMs ?? ATTEMPT_DEADLINE_MS,
  };
  const headers = { ...request.headers, ...ofDialect?.headers(subscription.dialectKey) };
  return {
    request: ofDialect === undefined ? request : { ...request, headers },
    part: index,
    isLast: index === parts.length - 1,
  };
}

/** The parts of deliveries that are being sent one by one: to make all anew for each would take its square. */
const rendered = new WeakMap<DeliverableEvent, Map<number, readonly DialectPart[]>>();

async function partsOf(
  { event, subscription, shape, part }: Delivery,
  { files, config: { identity } }: StackContext,
  dialects: WebhookDialects,
): Promise<readonly DialectPart[]> {
  const contents = await readContents(files, event.row);
  const { id, created_at: createdAt } = event.row;
  const told = { id, createdAt, seq: event.seq, kind: event.kind, chats: event.chats };
  const parts = deliveryParts(subscription, told, shape, contents, { dialects, identity });
  if (part !== null && parts.length > 1) {
    const ofEvent = rendered.get(event) ?? new Map<number, readonly DialectPart[]>();
    rendered.set(event, ofEvent.set(subscription.id, parts));
  }
  return parts;
}

function requestOf(
  { event, subscription, shape, replayId }: Delivery,
  text: string,
  metaAppSecret: string | undefined,
): Omit<AttemptRequest, 'id'> {
  const { [HOPS_HEADER]: hops, ...came } = event.headers;
  const body = new TextEncoder().encode(text);
  const secrets = { own: subscription.appSecret, ofStack: metaAppSecret };
  const signatures = shape === 'cloud_api' ? signatureHeaders(came, body, secrets) : {};
  return {
    url: subscription.url,
    headers: {
      ...withSignatures(subscription.headers, signatures),
      'waypost-sequence': String(event.seq),
      ...(replayId === null ? {} : { 'waypost-replay': String(replayId) }),
      [HOPS_HEADER]: String(Number(hops ?? 0) + 1),
    },
    secrets: subscription.secrets,
    body,
  };
}
