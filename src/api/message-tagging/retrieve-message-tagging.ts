import { createRoute } from '@hono/zod-openapi';
import { findMessageTagging, presentMessageTagging } from '../../inbox/tags/taggings.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { messageTaggingSchema } from './message-tagging-schema.ts';

const route = createRoute({
  operationId: 'retrieveMessageTagging',
  method: 'get',
  path: '/api/v1/message_tagging/{id}/',
  tags: ['Tags'],
  request: { params: idParams },
  responses: { 200: json(messageTaggingSchema, 'The tagging.'), ...failures(403, 404) },
});

/** Shows a tagging of a message that the caller may read. */
export function retrieveMessageTagging(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const found = await findMessageTagging(stack.db, user, c.req.valid('param').id);
    return c.json(presentMessageTagging(found), 200);
  });
}
