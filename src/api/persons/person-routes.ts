import { z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import { listPersons } from '../../inbox/chats/list-chats.ts';
import { presentPerson } from '../../inbox/chats/person.ts';
import { eraseCustomer } from '../../upkeep/erasing/erase-customer.ts';
import type { Api } from '../api-env.ts';
import { queryParam, textField } from '../fields.ts';
import { longPage, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';
import { personSchema } from './person-schema.ts';

/** Long enough for nearly every customer, short enough for a client to wait. */
const BUDGET_MS = 10_000;

const left = z
  .object({
    messages_left: z.int(),
    events_left: z.int().openapi({ description: 'Events that are still to be looked through.' }),
  })
  .openapi('ErasureLeft');

/** Customers. */
export function personRoutes(api: Api): void {
  // Lists the customers whose chats the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listPeople',
      method: 'get',
      path: '/api/v1/persons/',
      tags: ['Persons'],
      request: { query: pageQuery.extend({ search: queryParam(textField()) }) },
      responses: {
        200: json(pageSchema(personSchema), 'The customers, those heard of last first.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const { search, ...part } = c.req.valid('query');
      const list = await listPersons(c.var.stack.db, c.var.user, { search, part });
      return c.json(longPage(c, list, part), 200);
    },
  );

  // Shows one customer.
  api.openapi(
    signedInRoute({
      operationId: 'retrievePerson',
      method: 'get',
      path: '/api/v1/persons/{wa_id}/',
      tags: ['Persons'],
      request: { params: z.object({ wa_id: z.string() }) },
      responses: { 200: json(personSchema, 'The customer.'), ...failures(403, 404) },
    }),
    async (c) => {
      const { wa_id: waId } = c.req.valid('param');
      const chat = await findReadableChat(c.var.stack.db, c.var.user, waId);
      if (chat === undefined) throw notFound();
      return c.json(presentPerson(chat), 200);
    },
  );

  // Erases a customer.
  api.openapi(
    signedInRoute({
      operationId: 'erasePerson',
      method: 'delete',
      path: '/api/v1/persons/{wa_id}/',
      tags: ['Persons'],
      summary: 'Erases all that is known of a customer, as an admin.',
      request: { params: z.object({ wa_id: z.string() }) },
      responses: {
        202: json(left, 'It has begun and goes on by itself; the same request says how far it is.'),
        204: { description: 'Nothing of the customer is left.' },
        ...failures(403, 404),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const times = { now: Date.now(), budgetMs: BUDGET_MS };
      const rest = await eraseCustomer(stack, user, c.req.valid('param').wa_id, times);
      if (rest === undefined) return c.body(null, 204);
      return c.json({ messages_left: rest.messages, events_left: rest.events }, 202);
    },
  );
}
