import type { z } from '@hono/zod-openapi';
import type { WebhookEvent } from '../../webhooks/webhook-events.ts';
import { readJson } from '../../store/json-column.ts';
import type { webhookEventSchema } from './webhook-event-schema.ts';

/** Shows an event as a webhook gets it. WABA's own body stays text: reading it could change numbers. */
export function presentWebhookEvent(event: WebhookEvent): z.input<typeof webhookEventSchema> {
  const { shape, text } = event;
  const head = {
    sequence: event.seq,
    webhook_id: event.deliveryId,
    created_at: Math.floor(event.createdAt / 1000),
  };
  if (shape === 'cloud_api') return { ...head, shape, body: text };
  return { ...head, shape, payload: readJson<Record<string, unknown>>(text) };
}
