import { sql } from 'drizzle-orm';
import { seal } from '../auth/secret-box.ts';
import type { User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { insertWhere } from '../store/query.ts';
import { events, webhooks } from '../store/schema.ts';
import {
  checkWebhook,
  completeDraft,
  type WebhookDraft,
  type WebhookPolicy,
} from './check-webhook.ts';
import { toWebhook, type Webhook } from './webhook.ts';

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
  policy: WebhookPolicy,
): Promise<Webhook> {
  const complete = completeDraft(draft);
  const wanted = { ...complete, ...checkWebhook(complete, undefined, actor.canReadChats, policy) };
  const newest = sql<number>`(select coalesce(max(${events.seq}), 0) from ${events})`;
  const isRoom = sql`(select count(*) from ${webhooks}) < ${MAX_WEBHOOKS}`;
  const webhook = {
    user_id: actor.id,
    url: wanted.url,
    on_incoming_message: Number(wanted.onIncomingMessage),
    on_outgoing_message: Number(wanted.onOutgoingMessage),
    on_assigned: Number(wanted.onAssigned),
    on_cloud_api: Number(wanted.onCloudApi),
    on_webhook_disabled: Number(wanted.onWebhookDisabled),
    fields: wanted.fields === null ? null : JSON.stringify(wanted.fields),
    headers: await seal(ctx.config, JSON.stringify(wanted.headers)),
    secret: await seal(ctx.config, secret),
    app_secret: wanted.appSecret ? await seal(ctx.config, wanted.appSecret) : null,
    schedule: wanted.schedule,
    ordering: wanted.ordering,
    rate_limit: wanted.rateLimit,
    rate_limit_per: wanted.rateLimitPer,
    is_enabled: Number(wanted.isEnabled),
    since_seq: newest,
    missed_after: wanted.isEnabled ? null : newest,
    created_at: Date.now(),
    dialect: wanted.dialect ?? ('getchat' as const),
    dialect_events: wanted.dialect ? JSON.stringify(wanted.dialectEvents ?? []) : null,
    dialect_key: wanted.dialectKey ? await seal(ctx.config, wanted.dialectKey) : null,
    dialect_ref: wanted.dialectRef ?? null,
  };
  const row = await ctx.db.first(insertWhere(webhooks, webhook, isRoom).returning());
  if (row === undefined) {
    const problem = `There are ${MAX_WEBHOOKS} webhooks, as many as there may be: delete one first.`;
    throw new WaypostError('invalid', problem);
  }
  const owner = { username: actor.username, can_read_chats: actor.canReadChats };
  return toWebhook(ctx, { ...row, ...owner, delivered: 0, failed: 0, pending: 0 });
}
