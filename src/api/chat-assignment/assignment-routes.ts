import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { notFound } from '../../error.ts';
import { assignChat } from '../../inbox/assignment/assign-chat.ts';
import { listAssignmentEvents } from '../../inbox/assignment/list-assignment-events.ts';
import {
  type ApiAssignment,
  presentAssignment,
} from '../../inbox/assignment/present-assignment.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { baseUrlOf, linksOf } from '../base-url.ts';
import { integerField, queryParam, textField } from '../fields.ts';
import { longPage, pageQuery, pageSchema } from '../pagination.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { assignmentBody, assignmentEventSchema, assignmentSchema } from './assignment-schema.ts';

/** Whose a chat is. */
export function assignmentRoutes(api: Api): void {
  // Shows whose a chat is.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveChatAssignment',
      method: 'get',
      path: '/api/v1/chat_assignment/{wa_id}/',
      tags: ['Assignment'],
      request: { params: z.object({ wa_id: z.string() }) },
      responses: { 200: json(assignmentSchema, 'Whose the chat is.'), ...failures(403, 404) },
    }),
    async (c) => {
      const chat = await findReadableChat(c.var.stack.db, c.var.user, c.req.valid('param').wa_id);
      if (chat === undefined) throw notFound();
      return c.json(presentAssignment(chat), 200);
    },
  );

  // Assigns a chat to a user, a group, both or nobody.
  api.openapi(
    signedInRoute({
      operationId: 'updateChatAssignment',
      method: 'put',
      path: '/api/v1/chat_assignment/{wa_id}/',
      tags: ['Assignment'],
      request: {
        params: z.object({ wa_id: z.string() }),
        ...jsonBody(assignmentBody.required({ wa_id: true })),
      },
      responses: {
        200: json(assignmentSchema, 'Whose the chat is.'),
        ...failures(400, 403, 404, 409),
      },
    }),
    async (c) => c.json(await assign(c, c.req.valid('param').wa_id, c.req.valid('json')), 200),
  );

  // Assigns a chat to a user, a group, both or nobody; what is left out stays as it is.
  api.openapi(
    signedInRoute({
      operationId: 'partialUpdateChatAssignment',
      method: 'patch',
      path: '/api/v1/chat_assignment/{wa_id}/',
      tags: ['Assignment'],
      // The path says which chat it is: newer documents of the service leave it out of the body.
      request: { params: z.object({ wa_id: z.string() }), ...jsonBody(assignmentBody) },
      responses: {
        200: json(assignmentSchema, 'Whose the chat is.'),
        ...failures(400, 403, 404, 409),
      },
    }),
    async (c) => c.json(await assign(c, c.req.valid('param').wa_id, c.req.valid('json')), 200),
  );

  // Lists the assignments of one chat, or of all that the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listChatAssignmentEvents',
      method: 'get',
      path: '/api/v1/chat_assignment_events/',
      tags: ['Assignment'],
      request: {
        query: pageQuery.extend({
          wa_id: queryParam(textField()),
          since_time: queryParam(integerField()).openapi({ description: 'Seconds; from then on.' }),
          before_time: queryParam(integerField()).openapi({ description: 'Seconds; before then.' }),
        }),
      },
      responses: {
        200: json(
          pageSchema(assignmentEventSchema),
          'Who assigned which chat to whom, newest first.',
        ),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const part = { limit: query.limit, offset: query.offset };
      const request = {
        waId: query.wa_id,
        sinceTime: query.since_time,
        beforeTime: query.before_time,
        part,
      };
      const { stack, user } = c.var;
      const list = await listAssignmentEvents(stack.db, user, request, baseUrlOf(c));
      return c.json(longPage(c, list, part), 200);
    },
  );
}

/** Assigns the chat that a path names, as a checked body asks for; returns whose it is then. */
async function assign(
  c: Context<ApiEnv>,
  waId: string,
  body: z.output<typeof assignmentBody>,
): Promise<ApiAssignment> {
  const { stack, user } = c.var;
  const wish = {
    waId: body.wa_id,
    userId: body.assigned_to_user,
    groupId: body.assigned_group,
  };
  const circumstances = { now: Date.now(), ...linksOf(c) };
  const { assignment, events } = await assignChat(stack, user, waId, wish, circumstances);
  ringEvents(c, events);
  return assignment;
}
