import type { z } from '@hono/zod-openapi';
import { UNREADABLE } from '../../webhooks/find-target.ts';
import type { Webhook } from '../../webhooks/webhook.ts';
import { webhookWarnings, type KnownWebhook } from '../../webhooks/webhook-warnings.ts';
import type { webhookSchema } from './webhook-schema.ts';

/**
 * Shows a webhook (spec: retrieveWabaWebhook); `baseUrl` is the `https://host` of links, `known` are the
 * webhooks that its reader may see.
 */
export function presentWebhook(
  webhook: Webhook,
  baseUrl: string,
  known: readonly KnownWebhook[],
): z.input<typeof webhookSchema> {
  const { owner, fields, headers } = webhook;
  return {
    id: webhook.id,
    user: {
      id: owner.id,
      username: owner.username,
      url: `${baseUrl}/api/v1/users/${owner.id}/`,
    },
    url: webhook.url,
    on_incoming_message: webhook.onIncomingMessage,
    on_outgoing_message: webhook.onOutgoingMessage,
    on_assigned: webhook.onAssigned,
    on_cloud_api: webhook.onCloudApi,
    on_webhook_disabled: webhook.onWebhookDisabled,
    fields: fields === null ? null : [...fields],
    headers: headers ?? {},
    has_app_secret: webhook.hasAppSecret,
    schedule: webhook.schedule,
    ordering: webhook.ordering,
    rate_limit: webhook.rateLimit,
    rate_limit_per: webhook.rateLimitPer,
    // Nothing can be delivered without the headers that the receiver expects.
    is_enabled: webhook.isEnabled && headers !== null,
    is_paused: !webhook.isEnabled && webhook.disabledReason === null,
    disabled_reason: headers === null ? UNREADABLE : webhook.disabledReason,
    breaker: webhook.breaker,
    failing_since: secondsOf(webhook.failingSince),
    last_error: webhook.lastError?.reason ?? null,
    last_error_at: secondsOf(webhook.lastError?.at ?? null),
    counters: webhook.counters,
    created_at: Math.floor(webhook.createdAt / 1000),
    warnings: webhookWarnings(webhook, known),
  };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
