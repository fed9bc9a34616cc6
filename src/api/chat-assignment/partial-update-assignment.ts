import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { assign } from './assign.ts';
import { assignmentBody, assignmentSchema } from './assignment-schema.ts';

const route = createRoute({
  operationId: 'partialUpdateChatAssignment',
  method: 'patch',
  path: '/api/v1/chat_assignment/{wa_id}/',
  tags: ['Assignment'],
  // The path says which chat it is: newer documents of the service leave it out of the body.
  request: { params: z.object({ wa_id: z.string() }), ...jsonBody(assignmentBody) },
  responses: { 200: json(assignmentSchema, 'Whose the chat is.'), ...failures(400, 403, 404, 409) },
});

/** Assigns a chat to a user, a group, both or nobody; what is left out stays as it is. */
export function partialUpdateChatAssignment(api: Api): void {
  api.openapi(route, async (c) =>
    c.json(await assign(c, c.req.valid('param').wa_id, c.req.valid('json')), 200),
  );
}
