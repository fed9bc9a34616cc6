import type { SQL } from 'drizzle-orm';
import { markDelivered } from '../inbox/chats/marks.ts';
import type { Delivery } from './event-item.ts';

/**
 * The statements that mark delivered messages as received by the webhooks' users (spec: "Messages
 * marked as received"); none where no customer's message is among them.
 */
export function markReceived(deliveries: readonly Delivery[]): SQL[] {
  const withMessages = deliveries.filter(({ event }) => event.hasIncoming);
  const byEvent = Map.groupBy(withMessages, ({ event }) => event);
  return markDelivered(
    [...byEvent].map(([event, own]) => ({
      user_ids: [...new Set(own.map(({ subscription }) => subscription.userId))],
      message_ids: event.incoming,
    })),
  );
}
