import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { presentAssignment } from '../../inbox/assignment/present-assignment.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { assignmentSchema } from './assignment-schema.ts';

const route = createRoute({
  operationId: 'retrieveChatAssignment',
  method: 'get',
  path: '/api/v1/chat_assignment/{wa_id}/',
  tags: ['Assignment'],
  request: { params: z.object({ wa_id: z.string() }) },
  responses: { 200: json(assignmentSchema, 'Whose the chat is.'), ...failures(403, 404) },
});

/** Shows whose a chat is. */
export function retrieveChatAssignment(api: Api): void {
  api.openapi(route, async (c) => {
    const chat = await findReadableChat(c.var.stack.db, c.var.user, c.req.valid('param').wa_id);
    if (chat === undefined) throw notFound();
    return c.json(presentAssignment(chat), 200);
  });
}
