import { createRoute } from '@hono/zod-openapi';
import { tagMessage } from '../../inbox/tags/tag-message.ts';
import type { Api } from '../api-env.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { toWish } from '../tags/tagging-input.ts';
import { messageTaggingSchema, newMessageTaggingSchema } from './message-tagging-schema.ts';

const route = createRoute({
  operationId: 'createMessageTagging',
  method: 'post',
  path: '/api/v1/message_tagging/',
  tags: ['Tags'],
  request: jsonBody(newMessageTaggingSchema),
  responses: { 201: json(messageTaggingSchema, 'The tagging.'), ...failures(400, 403, 409) },
});

/** Tags a message, and its chat with it. */
export function createMessageTagging(api: Api): void {
  api.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const { tagging, event } = await tagMessage(c.var.stack, body.message, toWish(c, body));
    ringEvents(c, [event]);
    return c.json(tagging, 201);
  });
}
