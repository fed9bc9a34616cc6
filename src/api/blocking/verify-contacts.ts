import { createRoute, z } from '@hono/zod-openapi';
import { verifyContacts } from '../../inbox/blocking/verify-contacts.ts';
import type { Api } from '../api-env.ts';
import { booleanField, textField } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';

/** More than anybody checks at a time. */
const MAX_CONTACTS = 1_000;

const verifyBody = z
  .object({
    blocking: z.enum(['no_wait', 'wait']).optional(),
    contacts: z.preprocess(
      // A form sends one number as a text.
      (value) => (typeof value === 'string' ? [value] : value),
      z
        .array(textField({ min: 1, max: 150 }))
        .min(1)
        .max(MAX_CONTACTS),
    ),
    force_check: booleanField.optional(),
  })
  .openapi('ContactVerification');

const verifiedSchema = z
  .object({
    contacts: z.array(
      z.object({
        input: z.string(),
        status: z.enum(['valid', 'invalid']),
        wa_id: z.string().optional(),
      }),
    ),
  })
  .openapi('VerifiedContacts');

const route = createRoute({
  operationId: 'verifyContacts',
  method: 'post',
  path: '/api/v1/contacts/verify/',
  tags: ['Contacts'],
  deprecated: true,
  summary: 'Says whether numbers can be ones. WhatsApp does not tell any more who is there.',
  request: jsonBody(verifyBody),
  responses: { 200: json(verifiedSchema, 'The numbers.'), ...failures(400, 403) },
});

/** Verifies phone numbers, as far as that is still possible. */
export function verifyAllContacts(api: Api): void {
  api.openapi(route, async (c) =>
    c.json({ contacts: verifyContacts(c.req.valid('json').contacts) }, 200),
  );
}
