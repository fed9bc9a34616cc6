import { createRoute } from '@hono/zod-openapi';
import { tagChat } from '../../inbox/tags/tag-chat.ts';
import type { Api } from '../api-env.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { toWish } from '../tags/tagging-input.ts';
import { chatTaggingSchema, newChatTaggingSchema } from './chat-tagging-schema.ts';

const route = createRoute({
  operationId: 'createChatTagging',
  method: 'post',
  path: '/api/v1/chat_tagging/',
  tags: ['Tags'],
  request: jsonBody(newChatTaggingSchema),
  responses: { 201: json(chatTaggingSchema, 'The tagging.'), ...failures(400, 403, 409) },
});

/** Tags a chat. */
export function createChatTagging(api: Api): void {
  api.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const { tagging, event } = await tagChat(c.var.stack, body.chat, toWish(c, body));
    ringEvents(c, [event]);
    return c.json(tagging, 201);
  });
}
