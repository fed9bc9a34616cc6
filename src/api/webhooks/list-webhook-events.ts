import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { listWebhookEvents } from '../../webhooks/webhook-events.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { presentWebhookEvent } from './present-webhook-event.ts';
import { webhookEventSchema, webhookEventsQuery } from './webhook-event-schema.ts';

const answer = z.object({
  results: z.array(webhookEventSchema),
  next: z.url().nullable(),
  last_sequence: z.int().openapi({
    description: 'The newest event looked at: what to ask for as `after` the next time.',
  }),
});

const route = createRoute({
  operationId: 'listWabaWebhookEvents',
  method: 'get',
  path: '/api/v1/webhooks/waba/{id}/events/',
  tags: ['Webhooks'],
  request: { params: idParams, query: webhookEventsQuery },
  responses: {
    200: json(answer, 'What the webhook gets, oldest first.'),
    ...failures(400, 403, 404),
  },
});

/** Lists the events that a webhook gets, for a receiver that may have missed some. */
export function listWabaWebhookEvents(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { id } = c.req.valid('param');
    const page = await listWebhookEvents(stack, user, id, c.req.valid('query'));
    const body = {
      results: page.events.map(presentWebhookEvent),
      next: page.hasMore ? linkAfter(c, page.lastSeq) : null,
      last_sequence: page.lastSeq,
    };
    return c.json(body, 200);
  });
}

function linkAfter(c: Context<ApiEnv>, sequence: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('after', String(sequence));
  return url.href;
}
