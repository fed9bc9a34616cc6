import type { Interest } from '../events/audience.ts';
import { isRecord } from '../waba/json-record.ts';
import { type NewEvent, ownEvent } from '../events/event.ts';
import type { Subscription } from './subscriptions.ts';

/** A webhook that was disabled, as its owner and the admins are told of it. */
interface DisabledWebhook {
  id: number;
  user: { id: number; username: string };
  url: string;
  disabled_reason: string;
  /** Seconds; when the first attempt failed after the last success. */
  failing_since: number;
  /** Seconds. */
  disabled_at: number;
}

/** Makes the event that tells of a webhook that was disabled at `now` (milliseconds). */
export function disabledEvent(
  webhook: Pick<Subscription, 'id' | 'userId' | 'username' | 'url' | 'failingSince'>,
  reason: string,
  now: number,
): NewEvent {
  const told: DisabledWebhook = {
    id: webhook.id,
    user: { id: webhook.userId, username: webhook.username },
    url: webhook.url,
    disabled_reason: reason,
    failing_since: Math.floor((webhook.failingSince ?? now) / 1000),
    disabled_at: Math.floor(now / 1000),
  };
  return ownEvent('webhook', { extended: { disabled_webhooks: [told] }, chats: [] }, now);
}

/** What of a list of disabled webhooks someone may see: admins all, everyone else their own. */
export function ownDisabledWebhooks(
  viewer: Pick<Interest, 'userId' | 'isAdmin'>,
  disabled: readonly unknown[] = [],
): unknown[] {
  return disabled.filter((item) => viewer.isAdmin || ownerOf(item) === viewer.userId);
}

function ownerOf(item: unknown): unknown {
  if (!isRecord(item) || !isRecord(item['user'])) return undefined;
  return item['user']['id'];
}
