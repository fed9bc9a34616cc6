import { sql, type SQL } from 'drizzle-orm';
import { insertEvent } from '../events/event.ts';
import { holdDisabled } from './delivery-rows.ts';
import { disabledEvent } from './disabled-event.ts';
import { missFromNow } from './enablement.ts';
import type { Subscription } from './subscriptions.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Long enough for a long weekend; the notice that a webhook was disabled says since when it failed. */
const MAX_FAILING_MS = 5 * DAY_MS;

/** Says whether a webhook that has answered with nothing but failures since then is to be disabled. */
export function isGivenUp(failingSince: number | null, now: number): boolean {
  return failingSince !== null && now - failingSince >= MAX_FAILING_MS;
}

/** Why it was, for its owner. */
export const GIVEN_UP_REASON = 'Every attempt of the last five days failed.';

/** The statement that remembers a failed attempt: since when they fail, and why the latest one did. */
export function noteFailure(webhookId: number, reason: string, now: number): SQL {
  return sql`update webhooks set failing_since = coalesce(failing_since, ${now}),
      last_error = ${reason}, last_error_at = ${now}
    where id = ${webhookId}`;
}

/** The statement that remembers that a webhook answers with success (again); writes only where it did not. */
export function noteSuccess(webhookId: number): SQL {
  return sql`update webhooks set failing_since = null where id = ${webhookId} and failing_since is not null`;
}

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
    holdDisabled(id),
  ];
}
