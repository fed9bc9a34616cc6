import { z } from '@hono/zod-openapi';
import { readJson } from '../../store/database.ts';
import { partId } from '../../webhooks/delivery-parts.ts';
import type { WebhookEvent } from '../../webhooks/webhook-events.ts';
import { integerField, queryParam } from '../fields.ts';

const DEFAULT_LIMIT = 20;

/** Each may carry a body of 3 MB. */
const MAX_LIMIT = 100;

/**
 * From where on events are asked for. Nonsense as `after` is refused, because to begin anew would
 * repeat everything; nonsense as `limit` is taken as not said, as in the other lists.
 */
export const webhookEventsQuery = z.object({
  after: queryParam(integerField({ min: 0 }))
    .transform((after) => after ?? 0)
    .openapi({ type: 'integer', minimum: 0, default: 0 }),
  limit: queryParam(integerField({ min: 1 }))
    .catch(undefined)
    .transform((limit) => Math.min(limit ?? DEFAULT_LIMIT, MAX_LIMIT))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
});

const eventHead = {
  sequence: z.int(),
  webhook_id: z.string().openapi({ description: 'The `webhook-id` header of its delivery.' }),
  created_at: z.int().openapi({ description: 'Seconds.' }),
};

/** An event in an answer: the shape of `presentWebhookEvent`. */
export const webhookEventSchema = z
  .discriminatedUnion('shape', [
    z.object({
      ...eventHead,
      shape: z.literal('cloud_api'),
      body: z.string().openapi({ description: "WABA's body, byte for byte, as one text." }),
    }),
    z.object({
      ...eventHead,
      shape: z.literal('extended'),
      payload: z.record(z.string(), z.unknown()),
    }),
    z.object({
      ...eventHead,
      shape: z.literal('dialect'),
      parts: z
        .array(z.object({ webhook_id: z.string(), payload: z.unknown() }))
        .openapi({ description: 'The requests that a webhook of a dialect gets of it, in order.' }),
    }),
  ])
  .openapi('WabaWebhookEvent');

/** Shows an event as a webhook gets it. WABA's own body stays text: reading it could change numbers. */
export function presentWebhookEvent(event: WebhookEvent): z.input<typeof webhookEventSchema> {
  const { shape, texts } = event;
  const head = {
    sequence: event.seq,
    webhook_id: event.deliveryId,
    created_at: Math.floor(event.createdAt / 1000),
  };
  if (shape === 'dialect') {
    const parts = texts.map((text, part) => ({
      webhook_id: partId(event.deliveryId, part),
      payload: readJson<unknown>(text),
    }));
    return { ...head, shape, parts };
  }
  const [text = ''] = texts;
  if (shape === 'cloud_api') return { ...head, shape, body: text };
  return { ...head, shape, payload: readJson<Record<string, unknown>>(text) };
}
