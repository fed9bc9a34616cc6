import { createRoute } from '@hono/zod-openapi';
import { findChatTagging, presentChatTagging } from '../../inbox/tags/taggings.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { chatTaggingSchema } from './chat-tagging-schema.ts';

const route = createRoute({
  operationId: 'retrieveChatTagging',
  method: 'get',
  path: '/api/v1/chat_tagging/{id}/',
  tags: ['Tags'],
  request: { params: idParams },
  responses: { 200: json(chatTaggingSchema, 'The tagging.'), ...failures(403, 404) },
});

/** Shows a tagging of a chat that the caller may read. */
export function retrieveChatTagging(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const found = await findChatTagging(stack.db, user, c.req.valid('param').id);
    return c.json(presentChatTagging(found), 200);
  });
}
