import { sql, type SQL } from 'drizzle-orm';
import { missFromNow, NEVER_MS } from '../inbox/webhooks/enablement.ts';
import type { Subscription } from '../inbox/webhooks/subscriptions.ts';

/**
 * The statements that disable a webhook, unless it has been given another URL meanwhile, and keep what
 * it has not got. `reason` is shown to its owner.
 */
export function disableWebhook(
  { id, url }: Pick<Subscription, 'id' | 'url'>,
  reason: string,
): SQL[] {
  return [
    sql`update webhooks set is_enabled = 0, disabled_reason = ${reason}, ${missFromNow()} where id = ${id} and url = ${url}`,
    sql`update deliveries set next_at = ${NEVER_MS} where webhook_id = ${id} and state = 'due'
        and exists (select 1 from webhooks where id = ${id} and is_enabled = 0)`,
  ];
}
