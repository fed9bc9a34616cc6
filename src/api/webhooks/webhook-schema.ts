import { z } from '@hono/zod-openapi';
import { DIALECTS } from '../../dialect-names.ts';
import { UNREADABLE } from '../../webhooks/find-target.ts';
import { type KnownWebhook, webhookWarnings } from '../../webhooks/webhook-warnings.ts';
import type { Webhook } from '../../webhooks/webhook.ts';
import { SCHEDULE_NAMES } from './webhook-body.ts';

/** A webhook in an answer: the shape of `presentWebhook`. */
export const webhookSchema = z
  .object({
    id: z.int(),
    user: z.object({ id: z.int(), username: z.string(), url: z.url() }),
    url: z.string(),
    on_incoming_message: z.boolean(),
    on_outgoing_message: z.boolean(),
    on_assigned: z.boolean(),
    on_cloud_api: z.boolean(),
    on_webhook_disabled: z.boolean(),
    fields: z.array(z.string()).nullable(),
    headers: z.record(z.string(), z.string()),
    has_app_secret: z.boolean(),
    dialect: z.enum(DIALECTS).openapi({
      description: "Whose shapes it gets. All but getchat are made by that vendor's own calls.",
    }),
    dialect_events: z.array(z.string()).nullable().openapi({
      description:
        "What it takes, by its dialect's own names; null for getchat, which has the flags.",
    }),
    schedule: z.enum(SCHEDULE_NAMES),
    ordering: z.enum(['none', 'chat']),
    rate_limit: z.int().nullable(),
    rate_limit_per: z.enum(['second', 'minute']),
    is_enabled: z.boolean(),
    is_paused: z.boolean().openapi({ description: 'Not enabled, by its owner and not by us.' }),
    disabled_reason: z.string().nullable(),
    breaker: z.enum(['closed', 'open', 'half_open']),
    failing_since: z.int().nullable().openapi({
      description: 'Seconds; null where the latest attempt went well.',
    }),
    last_error: z.string().nullable(),
    last_error_at: z.int().nullable().openapi({ description: 'Seconds.' }),
    counters: z.object({
      delivered: z.int().openapi({ description: 'Attempts that went well.' }),
      failed: z.int().openapi({ description: 'Attempts that failed.' }),
      pending: z
        .int()
        .openapi({ description: 'Deliveries that wait for an attempt, up to 10,000.' }),
    }),
    created_at: z.int().openapi({ description: 'Seconds.' }),
    warnings: z.array(z.string()).openapi({
      description: 'Sentences on what is most likely not meant; the webhook works as it is.',
    }),
  })
  .openapi('WabaWebhook');

const secret = z.string().openapi({
  description: 'Verifies the webhook-signature of each delivery. Told only here.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
});

/** A webhook that was just made. */
export const createdWebhookSchema = webhookSchema.extend({ secret }).openapi('CreatedWabaWebhook');

/** The secret that a webhook was just given. */
export const rotatedSecretSchema = z
  .object({
    secret,
    old_secret_valid_until: z.int().nullable().openapi({
      description: 'Seconds; until then the secret before signs too. Null where it no longer does.',
    }),
  })
  .openapi('RotatedSecret');

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
    dialect: webhook.dialect,
    dialect_events: webhook.dialectEvents === null ? null : [...webhook.dialectEvents],
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
