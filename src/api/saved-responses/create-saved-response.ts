import { createRoute } from '@hono/zod-openapi';
import { createSavedResponse as create } from '../../inbox/saved-responses/saved-responses.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { newSavedResponseSchema, savedResponseSchema } from './saved-response-schema.ts';

const route = createRoute({
  operationId: 'createSavedResponse',
  method: 'post',
  path: '/api/v1/saved_responses/',
  tags: ['Saved Responses'],
  request: jsonBody(newSavedResponseSchema),
  responses: { 201: json(savedResponseSchema, 'It is saved.'), ...failures(400, 403, 409) },
});

/** Saves a text for everyone. */
export function createSavedResponse(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { text } = c.req.valid('json');
    return c.json(await create(stack.db, user, text, Date.now()), 201);
  });
}
