import { sql, type SQL } from 'drizzle-orm';
import { seal } from '../auth/secret-box.ts';
import type { User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import {
  checkWebhook,
  completeDraft,
  type CheckedChange,
  type WebhookChange,
  type WebhookChecks,
  type WebhookDraft,
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
  checks: WebhookChecks,
): Promise<Webhook> {
  return updateWebhook(ctx, actor, id, completeDraft(draft), checks);
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
  checks: WebhookChecks,
): Promise<Webhook> {
  for (let race = 0; race < MAX_RACES; race += 1) {
    const row = await findRow(ctx, actor, id);
    const updated = await updateFrom(ctx, row, change, checks);
    if (updated !== undefined) return updated;
  }
  throw new WaypostError('conflict', 'The webhook is being changed by others. Try again.');
}

/** Changes a webhook as it was read; undefined where it is not as it was any more. */
async function updateFrom(
  ctx: StackContext,
  row: OwnedRow,
  change: WebhookChange,
  checks: WebhookChecks,
): Promise<Webhook | undefined> {
  const current = {
    onCloudApi: row.on_cloud_api === 1,
    ordering: row.ordering,
    dialect: row.dialect,
    // What cannot be opened can be sent no more; the webhook says so itself.
    headers: await openHeaders(ctx.config, row.headers).catch(() => ({})),
  };
  const checked = checkWebhook(change, current, row.can_read_chats, checks);
  const sealed =
    checked.headers === undefined
      ? undefined
      : await seal(ctx.config, JSON.stringify(checked.headers));
  const secretsSet = [
    ...(await setSealed(ctx, sql`app_secret`, checked.appSecret)),
    ...(await setSealed(ctx, sql`dialect_key`, checked.dialectKey)),
  ];
  const enablement = enablementOf(checked, row);
  const assignments = [...assignmentsOf(checked, enablement, sealed), ...secretsSet];
  if (assignments.length === 0) return toWebhook(ctx, row);
  const [[changed]] = await ctx.db.batch<[WebhookRow[], ...unknown[][]]>([
    sql`update webhooks set ${sql.join(assignments, sql`, `)}
        where id = ${row.id} and is_enabled = ${row.is_enabled} and url = ${row.url}
          and disabled_reason is ${row.disabled_reason}
        returning *`,
    ...reschedule(row.id, enablement, Date.now()),
    ...reorder(row.id, checked.ordering, Date.now()),
  ]);
  return changed === undefined ? undefined : toWebhook(ctx, { ...row, ...changed });
}

async function setSealed(
  { config }: StackContext,
  column: SQL,
  text: string | null | undefined,
): Promise<SQL[]> {
  if (text === undefined) return [];
  return [sql`${column} = ${text === null ? null : await seal(config, text)}`];
}

/** Only what changes is written: the delivery of events writes to the same row. */
function assignmentsOf(
  change: CheckedChange,
  enablement: Enablement,
  sealedHeaders: string | undefined,
): SQL[] {
  const { url, fields, schedule, ordering, rateLimit, rateLimitPer, dialectEvents } = change;
  return [
    url === undefined ? [] : sql`url = ${url}`,
    flag(sql`on_incoming_message`, change.onIncomingMessage),
    flag(sql`on_outgoing_message`, change.onOutgoingMessage),
    flag(sql`on_assigned`, change.onAssigned),
    flag(sql`on_cloud_api`, change.onCloudApi),
    flag(sql`on_webhook_disabled`, change.onWebhookDisabled),
    fields === undefined ? [] : sql`fields = ${fields === null ? null : JSON.stringify(fields)}`,
    sealedHeaders === undefined ? [] : sql`headers = ${sealedHeaders}`,
    schedule === undefined ? [] : sql`schedule = ${schedule}`,
    ordering === undefined ? [] : sql`ordering = ${ordering}`,
    rateLimit === undefined ? [] : sql`rate_limit = ${rateLimit}`,
    rateLimitPer === undefined ? [] : sql`rate_limit_per = ${rateLimitPer}`,
    dialectEvents === undefined ? [] : sql`dialect_events = ${JSON.stringify(dialectEvents)}`,
    flag(sql`is_enabled`, enablement.isEnabled),
    enablement.isFresh ? afresh() : [],
  ].flat();
}

/**
 * What is known of a webhook is about its URL of then. Who has its turn keeps it: two at once would
 * break its order and its rate limit; and what was used of that limit stays used.
 */
function afresh(): SQL {
  return sql`disabled_reason = null, slow_since = null, failing_since = null,
    probe_at = iif(breaker_opened_at is null, probe_at, null), breaker_opened_at = null`;
}

function flag(column: SQL, value: boolean | undefined): SQL[] {
  return value === undefined ? [] : [sql`${column} = ${Number(value)}`];
}
