import { sql } from 'drizzle-orm';
import { seal } from '../auth/secret-box.ts';
import type { User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import {
  checkWebhook,
  completeDraft,
  type WebhookChecks,
  type WebhookDraft,
} from './check-webhook.ts';
import { toWebhook, type Webhook, type WebhookRow } from './webhook.ts';

/** Every event is matched against all webhooks of its stack, and may cost a request for each. */
export const MAX_WEBHOOKS = 100;

/**
 * Makes a webhook for `actor`, signing with `secret`. It gets the events from now on, no earlier one.
 * Throws `invalid` where the draft breaks a rule or the stack has all the webhooks it may have.
 */
export async function createWebhook(
  ctx: StackContext,
  actor: User,
  draft: WebhookDraft,
  secret: string,
  checks: WebhookChecks,
): Promise<Webhook> {
  const complete = completeDraft(draft);
  const wanted = { ...complete, ...checkWebhook(complete, undefined, actor.canReadChats, checks) };
  const row = await ctx.db.first<WebhookRow>(sql`
    insert into webhooks (
      user_id, url, on_incoming_message, on_outgoing_message, on_assigned, on_cloud_api, on_webhook_disabled, fields,
      headers, secret, app_secret, schedule, ordering, rate_limit, rate_limit_per, is_enabled, since_seq, missed_after, created_at,
      dialect, dialect_events, dialect_key, dialect_ref
    ) select
      ${actor.id}, ${wanted.url}, ${Number(wanted.onIncomingMessage)},
      ${Number(wanted.onOutgoingMessage)}, ${Number(wanted.onAssigned)},
      ${Number(wanted.onCloudApi)}, ${Number(wanted.onWebhookDisabled)},
      ${wanted.fields === null ? null : JSON.stringify(wanted.fields)},
      ${await seal(ctx.config, JSON.stringify(wanted.headers))}, ${await seal(ctx.config, secret)},
      ${wanted.appSecret ? await seal(ctx.config, wanted.appSecret) : null},
      ${wanted.schedule}, ${wanted.ordering}, ${wanted.rateLimit}, ${wanted.rateLimitPer}, ${Number(wanted.isEnabled)}, (select coalesce(max(seq), 0) from events),
      iif(${Number(wanted.isEnabled)}, null, (select coalesce(max(seq), 0) from events)), ${Date.now()},
      ${wanted.dialect ?? 'getchat'}, ${wanted.dialect === undefined ? null : JSON.stringify(wanted.dialectEvents ?? [])},
      ${wanted.dialectKey ? await seal(ctx.config, wanted.dialectKey) : null}, ${wanted.dialectRef ?? null}
    where (select count(*) from webhooks) < ${MAX_WEBHOOKS}
    returning *`);
  if (row === undefined) {
    const problem = `There are ${MAX_WEBHOOKS} webhooks, as many as there may be: delete one first.`;
    throw new WaypostError('invalid', problem);
  }
  const owner = { username: actor.username, can_read_chats: actor.canReadChats };
  return toWebhook(ctx, { ...row, ...owner, delivered: 0, failed: 0, pending: 0 });
}
