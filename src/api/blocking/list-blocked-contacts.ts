import { createRoute, z } from '@hono/zod-openapi';
import { listBlocked } from '../../inbox/blocking/list-blocked.ts';
import type { Api } from '../api-env.ts';
import { textField } from '../fields.ts';
import { longPage } from '../long-page.ts';
import { pageQuery } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';

const blockedSchema = z
  .object({
    contacts: z.array(z.object({ input: z.string(), wa_id: z.string() })),
    pagination: z.object({
      count: z.int(),
      next: z.url().nullable(),
      previous: z.url().nullable(),
      limit: z.int(),
      offset: z.int(),
    }),
  })
  .openapi('BlockedContacts');

const route = createRoute({
  operationId: 'listBlockedContacts',
  method: 'get',
  path: '/api/v1/contacts/blocked/',
  tags: ['Contacts'],
  request: {
    query: pageQuery.extend({ phone_number: queryParam(textField({ max: 150 })) }),
  },
  responses: { 200: json(blockedSchema, 'The blocked contacts.'), ...failures(400, 403) },
});

/** Lists the blocked customers whose chats the caller may read. */
export function listBlockedContacts(api: Api): void {
  api.openapi(route, async (c) => {
    const { phone_number: phoneNumber, limit, offset } = c.req.valid('query');
    const { stack, user } = c.var;
    const list = await listBlocked(stack.db, user, { phoneNumber, part: { limit, offset } });
    const { results: contacts, ...links } = longPage(c, list, { limit, offset });
    return c.json({ contacts, pagination: { ...links, limit, offset } }, 200);
  });
}
