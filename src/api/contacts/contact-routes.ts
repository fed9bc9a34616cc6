import { z } from '@hono/zod-openapi';
import { resolveContact, searchContacts } from '../../inbox/contacts/find-contacts.ts';
import { urlPolicyOf } from '../../outbound/url-guard.ts';
import type { Api } from '../api-env.ts';
import { queryParam, textField } from '../fields.ts';
import { pageQuery } from '../pagination.ts';
import { personSchema } from '../persons/person-schema.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';

const provider = z.object({
  type: z.enum(['http', 'inbox']),
  name: z.string(),
  id: z.string(),
});

/** A contact in an answer. */
const contactSchema = z
  .object({
    name: z.string(),
    initials: z.string(),
    phone_numbers: z.array(z.object({ phone_number: z.string(), description: z.string() })),
    email_addresses: z.array(z.string()),
    urls: z.array(z.string()),
    avatar: z.string().nullable(),
    large_avatar: z.string().nullable(),
    contact_provider: provider,
  })
  .openapi('Contact');

/** The providers whose contacts are missing in an answer. */
const failedProvidersSchema = z.array(provider.extend({ reason: z.string() })).openapi({
  description: 'Contact providers that were down, or too slow to be waited for.',
});

/** Nobody looks through more, and providers are others' servers. */
const MAX_CONTACTS = 200;

const contactsSchema = z
  .object({
    count: z.int(),
    results: z.array(contactSchema),
    failed_providers: failedProvidersSchema,
  })
  .openapi('Contacts');

const listContactsQuery = z.object({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_CONTACTS))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_CONTACTS }),
  search: queryParam(textField({ max: 500 })),
});

const resolvedSchema = z
  .object({
    person: z.union([personSchema, z.null()]),
    contact_provider_results: z.array(contactSchema),
    failed_providers: failedProvidersSchema,
  })
  .openapi('ResolvedContact');

/** Contacts, of the inbox and of contact books. */
export function contactRoutes(api: Api): void {
  // Searches the contact books that are connected, and the customers whose chats the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listContacts',
      method: 'get',
      path: '/api/v1/contacts/',
      tags: ['Contacts'],
      request: { query: listContactsQuery },
      responses: {
        200: json(
          contactsSchema,
          'Contacts of all providers, in turn; they cannot be paged through.',
        ),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { search = '', limit } = c.req.valid('query');
      const policy = urlPolicyOf(stack.config, c.req.url);
      const found = await searchContacts(stack, user, { search, limit }, policy);
      const { contacts: results, failures: failed } = found;
      return c.json({ count: results.length, results, failed_providers: failed }, 200);
    },
  );

  // Shows what all contact books know of one customer.
  api.openapi(
    signedInRoute({
      operationId: 'resolveContact',
      method: 'get',
      path: '/api/v1/contacts/{wa_id}/',
      tags: ['Contacts'],
      request: { params: z.object({ wa_id: z.string() }) },
      responses: {
        200: json(resolvedSchema, 'What is known of the customer, by provider.'),
        ...failures(403, 404),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const policy = urlPolicyOf(stack.config, c.req.url);
      const { wa_id: waId } = c.req.valid('param');
      const found = await resolveContact(stack, user, waId, policy);
      const { person, contacts, failures: failed } = found;
      return c.json({ person, contact_provider_results: contacts, failed_providers: failed }, 200);
    },
  );
}
