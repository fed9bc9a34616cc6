import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import { presentPerson } from '../../inbox/chats/person.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { personSchema } from './person-schema.ts';

const route = createRoute({
  operationId: 'retrievePerson',
  method: 'get',
  path: '/api/v1/persons/{wa_id}/',
  tags: ['Persons'],
  request: { params: z.object({ wa_id: z.string() }) },
  responses: { 200: json(personSchema, 'The customer.'), ...failures(403, 404) },
});

/** Shows one customer. */
export function retrievePerson(api: Api): void {
  api.openapi(route, async (c) => {
    const { wa_id: waId } = c.req.valid('param');
    const chat = await findReadableChat(c.var.stack.db, c.var.user, waId);
    if (chat === undefined) throw notFound();
    return c.json(presentPerson(chat), 200);
  });
}
