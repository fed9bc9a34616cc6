import { and, eq, sql } from 'drizzle-orm';
import { seal } from '../auth/secret-box.ts';
import type { User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { webhooks } from '../store/schema.ts';
import {
  checkWebhook,
  completeDraft,
  type CheckedChange,
  type WebhookChange,
  type WebhookDraft,
  type WebhookPolicy,
} from './check-webhook.ts';
import { enablementOf, reschedule, type Enablement } from './enablement.ts';
import { reorder } from './chat-queue.ts';
import { findRow } from './find-webhooks.ts';
import { openHeaders } from './open-sealed.ts';
import { toWebhook, type OwnedRow, type Webhook, type WebhookRow } from './webhook.ts';

/**
 * Replaces what a webhook is by a draft, as if it were made anew, except that it keeps its owner and
 * its secret. Throws `not_found` where `actor` may not reach it, `invalid` where a rule is broken.
 */
export async function replaceWebhook(
  ctx: StackContext,
  actor: User,
  id: number,
  draft: WebhookDraft,
  policy: WebhookPolicy,
): Promise<Webhook> {
  return updateWebhook(ctx, actor, id, completeDraft(draft), policy);
}

/** How often a change is decided anew because the webhook was disabled or changed in between. */
const MAX_RACES = 3;

/**
 * Changes what a change names and nothing else. Throws as `replaceWebhook` does, and `conflict` where
 * others change the webhook all the time.
 */
export async function updateWebhook(
  ctx: StackContext,
  actor: User,
  id: number,
  change: WebhookChange,
  policy: WebhookPolicy,
): Promise<Webhook> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const row = await findRow(ctx, actor, id);
    const updated = await updateFrom(ctx, row, change, policy);
    if (updated !== undefined) return updated;
  }
  throw new WaypostError('conflict', 'The webhook is being changed by others. Try again.');
}

/** Changes a webhook as it was read; undefined where it is not as it was any more. */
async function updateFrom(
  ctx: StackContext,
  row: OwnedRow,
  change: WebhookChange,
  policy: WebhookPolicy,
): Promise<Webhook | undefined> {
  const current = {
    onCloudApi: row.on_cloud_api === 1,
    ordering: row.ordering,
    dialect: row.dialect,
    // What cannot be opened can be sent no more; the webhook says so itself.
    headers: await openHeaders(ctx.config, row.headers).catch(() => ({})),
  };
  const checked = checkWebhook(change, current, row.can_read_chats, policy);
  const sealed =
    checked.headers === undefined
      ? undefined
      : await seal(ctx.config, JSON.stringify(checked.headers));
  const enablement = enablementOf(checked, row);
  const columns = {
    ...columnsOf(checked, enablement),
    headers: sealed,
    app_secret: await sealedIfAny(ctx, checked.appSecret),
    dialect_key: await sealedIfAny(ctx, checked.dialectKey),
  };
  if (Object.values(columns).every((value) => value === undefined)) return toWebhook(ctx, row);
  const [[changed]] = await ctx.db.batch<[WebhookRow[], ...unknown[][]]>([
    query
      .update(webhooks)
      .set(columns)
      .where(
        and(
          eq(webhooks.id, row.id),
          eq(webhooks.is_enabled, row.is_enabled),
          eq(webhooks.url, row.url),
          sql`${webhooks.disabled_reason} is ${row.disabled_reason}`,
        ),
      )
      .returning(),
    ...reschedule(row.id, enablement, Date.now()),
    ...reorder(row.id, checked.ordering, Date.now()),
  ]);
  return changed === undefined ? undefined : toWebhook(ctx, { ...row, ...changed });
}

/** Null takes a secret away, undefined leaves it. */
async function sealedIfAny(
  { config }: StackContext,
  secret: string | null | undefined,
): Promise<string | null | undefined> {
  return typeof secret === 'string' ? seal(config, secret) : secret;
}

/** Only what changes is written: the delivery of events writes to the same row. What is undefined stays. */
function columnsOf(change: CheckedChange, enablement: Enablement) {
  const { url, fields, schedule, ordering, rateLimit, rateLimitPer, dialectEvents } = change;
  return {
    url,
    on_incoming_message: flag(change.onIncomingMessage),
    on_outgoing_message: flag(change.onOutgoingMessage),
    on_assigned: flag(change.onAssigned),
    on_cloud_api: flag(change.onCloudApi),
    on_webhook_disabled: flag(change.onWebhookDisabled),
    fields: fields === undefined || fields === null ? fields : JSON.stringify(fields),
    schedule,
    ordering,
    rate_limit: rateLimit,
    rate_limit_per: rateLimitPer,
    dialect_events: dialectEvents && JSON.stringify(dialectEvents),
    is_enabled: flag(enablement.isEnabled),
    ...(enablement.isFresh ? AFRESH : {}),
  };
}

/**
 * What is known of a webhook is about its URL of then. Who has its turn keeps it: two at once would
 * break its order and its rate limit; and what was used of that limit stays used.
 */
const AFRESH = {
  disabled_reason: null,
  slow_since: null,
  failing_since: null,
  probe_at: sql`iif(${webhooks.breaker_opened_at} is null, ${webhooks.probe_at}, null)`,
  breaker_opened_at: null,
};

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
