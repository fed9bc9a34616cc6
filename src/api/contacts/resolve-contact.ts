import { createRoute, z } from '@hono/zod-openapi';
import { guardUrl } from '../../outbound/url-guard.ts';
import { resolveContact } from '../../inbox/contacts/find-contacts.ts';
import type { Api } from '../api-env.ts';
import { personSchema } from '../persons/person-schema.ts';
import { failures, json } from '../route-parts.ts';
import { urlPolicyOf } from '../webhooks/webhook-policy.ts';
import { contactSchema, failedProvidersSchema } from './contact-schema.ts';

const resolvedSchema = z
  .object({
    person: z.union([personSchema, z.null()]),
    contact_provider_results: z.array(contactSchema),
    failed_providers: failedProvidersSchema,
  })
  .openapi('ResolvedContact');

const route = createRoute({
  operationId: 'resolveContact',
  method: 'get',
  path: '/api/v1/contacts/{wa_id}/',
  tags: ['Contacts'],
  request: { params: z.object({ wa_id: z.string() }) },
  responses: {
    200: json(resolvedSchema, 'What is known of the customer, by provider.'),
    ...failures(403, 404),
  },
});

/** Shows what all contact books know of one customer. */
export function resolveOneContact(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const policy = urlPolicyOf(c);
    const { wa_id: waId } = c.req.valid('param');
    const found = await resolveContact(stack, user, waId, (url) => guardUrl(url, policy));
    const { person, contacts, failures: failed } = found;
    return c.json({ person, contact_provider_results: contacts, failed_providers: failed }, 200);
  });
}
