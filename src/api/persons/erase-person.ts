import { createRoute, z } from '@hono/zod-openapi';
import { eraseCustomer } from '../../upkeep/erasing/erase-customer.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';

/** Long enough for nearly every customer, short enough for a client to wait. */
const BUDGET_MS = 10_000;

const left = z
  .object({
    messages_left: z.int(),
    events_left: z.int().openapi({ description: 'Events that are still to be looked through.' }),
  })
  .openapi('ErasureLeft');

const route = createRoute({
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
});

/** Erases a customer. */
export function erasePerson(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const times = { now: Date.now(), budgetMs: BUDGET_MS };
    const rest = await eraseCustomer(stack, user, c.req.valid('param').wa_id, times);
    if (rest === undefined) return c.body(null, 204);
    return c.json({ messages_left: rest.messages, events_left: rest.events }, 202);
  });
}
