import type { SQL } from 'drizzle-orm';
import { markDelivered } from '../inbox/chats/marks.ts';
import { logAttempts, type LoggedAttempt } from '../webhooks/log/attempt-log.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';
import { disableWebhook, noteFailure, noteSuccess } from '../webhooks/webhook-health.ts';
import type { Delivery } from './event-item.ts';

/** What was learned of a webhook that did not take what it was sent. */
export interface FailedWebhook {
  subscription: Subscription;
  /** Why its latest attempt failed; undefined where that is none of its faults. */
  error?: string;
  /** Why it is to get no more deliveries. */
  disabledFor?: string;
}

/** What attempts came to, beside what the rows and receipts of their deliveries say. */
export interface Outcomes {
  /** Receivers have these. */
  delivered?: readonly Delivery[];
  /** Webhooks that answer with success, as far as that may be news. Before they failed, where they did. */
  recovered?: readonly number[];
  attempts?: readonly LoggedAttempt[];
  failed?: readonly FailedWebhook[];
}

/**
 * The statements that record what attempts came to, in whichever lane: the log, what users have
 * received, and how the webhooks fare. Written twice, they change nothing more.
 */
export function recordOutcomes(
  { delivered = [], recovered = [], attempts = [], failed = [] }: Outcomes,
  now: number,
): SQL[] {
  return [
    ...markReceived(delivered),
    ...logAttempts(attempts),
    ...recovered.map(noteSuccess),
    ...failed.flatMap(({ subscription, error, disabledFor }) => [
      ...(error === undefined ? [] : [noteFailure(subscription.id, error, now)]),
      ...(disabledFor === undefined ? [] : disableWebhook(subscription, disabledFor, now)),
    ]),
  ];
}

/**
 * The statements that mark delivered messages as received by the webhooks' users (spec: "Messages
 * marked as received"); none where no customer's message is among them.
 */
function markReceived(deliveries: readonly Delivery[]): SQL[] {
  const withMessages = deliveries.filter(({ event }) => event.hasIncoming);
  const byEvent = Map.groupBy(withMessages, ({ event }) => event);
  return markDelivered(
    [...byEvent].map(([event, own]) => ({
      user_ids: [...new Set(own.map(({ subscription }) => subscription.userId))],
      message_ids: event.incoming,
    })),
  );
}
