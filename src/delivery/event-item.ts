import type { MatchedEvent, Shape } from '../events/kinds.ts';
import { type EventRow, readContents } from '../events/event.ts';
import type { AttemptRequest } from '../outbound/attempt.ts';
import { HOPS_HEADER } from '../outbound/hops.ts';
import { signatureHeaders, withSignatures } from '../outbound/meta-signature.ts';
import { readJson } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { deliveryBody, deliveryId } from '../webhooks/extended-body.ts';
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
    return shape === null ? [] : [{ event, subscription, shape, replayId: null }];
  });
}

/**
 * Makes the request of a delivery, or null where nothing of the event is left for the webhook's user
 * to see. The same delivery makes the same bytes at every attempt.
 */
export async function requestOf(
  delivery: Delivery,
  { files, config }: Pick<StackContext, 'files' | 'config'>,
): Promise<AttemptRequest | null> {
  const { event, subscription, shape, replayId } = delivery;
  const contents = await readContents(files, event.row);
  const text = deliveryBody(subscription, event, shape, contents);
  if (text === null) return null;
  const { [HOPS_HEADER]: hops, ...came } = event.headers;
  const body = new TextEncoder().encode(text);
  const secrets = { own: subscription.appSecret, ofStack: config.metaAppSecret };
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
    id: deliveryId(event.row.id, subscription.id),
    body,
  };
}
