import { createRoute, z } from '@hono/zod-openapi';
import { guardUrl } from '../../outbound/url-guard.ts';
import { searchContacts } from '../../inbox/contacts/find-contacts.ts';
import type { Api } from '../api-env.ts';
import { textField } from '../fields.ts';
import { pageQuery } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { urlPolicyOf } from '../webhooks/webhook-policy.ts';
import { contactSchema, failedProvidersSchema } from './contact-schema.ts';

/** Nobody looks through more, and providers are others' servers. */
const MAX_CONTACTS = 200;

const contactsSchema = z
  .object({
    count: z.int(),
    results: z.array(contactSchema),
    failed_providers: failedProvidersSchema,
  })
  .openapi('Contacts');

const query = z.object({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_CONTACTS))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_CONTACTS }),
  search: queryParam(textField({ max: 500 })),
});

const route = createRoute({
  operationId: 'listContacts',
  method: 'get',
  path: '/api/v1/contacts/',
  tags: ['Contacts'],
  request: { query },
  responses: {
    200: json(contactsSchema, 'Contacts of all providers, in turn; they cannot be paged through.'),
    ...failures(400, 403),
  },
});

/** Searches the contact books that are connected, and the customers whose chats the caller may read. */
export function listAllContacts(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { search = '', limit } = c.req.valid('query');
    const policy = urlPolicyOf(c);
    const found = await searchContacts(stack, user, { search, limit }, (url) =>
      guardUrl(url, policy),
    );
    const { contacts: results, failures: failed } = found;
    return c.json({ count: results.length, results, failed_providers: failed }, 200);
  });
}
