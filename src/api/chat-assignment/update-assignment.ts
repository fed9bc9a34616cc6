import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { assign } from './assign.ts';
import { assignmentBody, assignmentSchema } from './assignment-schema.ts';

const route = createRoute({
  operationId: 'updateChatAssignment',
  method: 'put',
  path: '/api/v1/chat_assignment/{wa_id}/',
  tags: ['Assignment'],
  request: {
    params: z.object({ wa_id: z.string() }),
    ...jsonBody(assignmentBody.required({ wa_id: true })),
  },
  responses: { 200: json(assignmentSchema, 'Whose the chat is.'), ...failures(400, 403, 404, 409) },
});

/** Assigns a chat to a user, a group, both or nobody. */
export function updateChatAssignment(api: Api): void {
  api.openapi(route, async (c) =>
    c.json(await assign(c, c.req.valid('param').wa_id, c.req.valid('json')), 200),
  );
}
