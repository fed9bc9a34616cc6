import { sql, type SQL } from 'drizzle-orm';
import { insertEvent } from '../events/event.ts';
import { disabledEvent } from '../webhooks/disabled-event.ts';
import { missFromNow, NEVER_MS } from '../webhooks/enablement.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';

/**
 * The statements that disable a webhook, unless it has been given another URL meanwhile, keep what it
 * has not got, and write the event that tells its owner. `reason` is shown to them.
 */
export function disableWebhook(webhook: Subscription, reason: string, now: number): SQL[] {
  const { id, url } = webhook;
  const isIt = sql`id = ${id} and url = ${url} and is_enabled = 1`;
  const event = disabledEvent(webhook, reason, now);
  const contents = { inR2: false, extended: JSON.stringify(event.extended) };
  return [
    insertEvent(event, contents, sql`exists (select 1 from webhooks where ${isIt})`),
    sql`update webhooks set is_enabled = 0, disabled_reason = ${reason}, ${missFromNow()} where ${isIt}`,
    sql`update deliveries set next_at = ${NEVER_MS} where webhook_id = ${id} and state = 'due'
        and exists (select 1 from webhooks where id = ${id} and is_enabled = 0)`,
  ];
}
