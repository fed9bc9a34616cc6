import type { z } from '@hono/zod-openapi';
import { UNREADABLE } from '../../inbox/webhooks/find-target.ts';
import type { Webhook } from '../../inbox/webhooks/webhook.ts';
import type { webhookSchema } from './webhook-schema.ts';

/** Shows a webhook (spec: retrieveWabaWebhook); `baseUrl` is the `https://host` of links. */
export function presentWebhook(webhook: Webhook, baseUrl: string): z.input<typeof webhookSchema> {
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
    fields: fields === null ? null : [...fields],
    headers: headers ?? {},
    schedule: webhook.schedule,
    // Nothing can be delivered without the headers that the receiver expects.
    is_enabled: webhook.isEnabled && headers !== null,
    disabled_reason: headers === null ? UNREADABLE : webhook.disabledReason,
    created_at: Math.floor(webhook.createdAt / 1000),
  };
}
