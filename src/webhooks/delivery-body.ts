import type { EventContents } from '../events/event.ts';
import { extendedBodyFor } from './extended-body.ts';
import type { MatchedEvent, Shape } from './matches.ts';
import type { Interest } from './subscriptions.ts';

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
