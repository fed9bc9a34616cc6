import { z } from '@hono/zod-openapi';
import {
  blockContact,
  type Report,
  reportContact,
  unblockContact,
} from '../../inbox/blocking/block-contact.ts';
import { listBlocked } from '../../inbox/blocking/list-blocked.ts';
import { verifyContacts } from '../../inbox/blocking/verify-contacts.ts';
import type { Api } from '../api-env.ts';
import { booleanField, queryParam, textField } from '../fields.ts';
import { longPage, pageQuery } from '../pagination.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';

const MAX_REASON = 60;

/** Which contact a call is about, in the query; the same may stand in the path. */
const contactQuery = z.object({ wa_id: textField({ min: 1, max: 150 }) });

const contactParams = z.object({ wa_id: z.string().min(1).max(150) });

const reason = textField({ max: MAX_REASON })
  .optional()
  .openapi({ description: 'Is not passed on: WhatsApp has nothing to take it.' });

const blockBody = z.object({ reason }).openapi('ContactBlock');

const reportBody = z
  .object({
    reason,
    block: booleanField.optional(),
    message_id: textField({ max: 200 }).optional(),
  })
  .openapi('ContactReport');

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

const blockRouteSet = contactActRoutes({
  operationId: 'blockContact',
  act: 'block',
  body: blockBody,
});

const unblockRouteSet = contactActRoutes({
  operationId: 'unblockContact',
  act: 'unblock',
  body: blockBody,
});

const reportRouteSet = contactActRoutes({
  operationId: 'reportContact',
  act: 'report',
  body: reportBody,
});

/** Customers whose messages WhatsApp keeps from us, and numbers that it knows. */
export function blockingRoutes(api: Api): void {
  // Lists the blocked customers whose chats the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listBlockedContacts',
      method: 'get',
      path: '/api/v1/contacts/blocked/',
      tags: ['Contacts'],
      request: {
        query: pageQuery.extend({ phone_number: queryParam(textField({ max: 150 })) }),
      },
      responses: { 200: json(blockedSchema, 'The blocked contacts.'), ...failures(400, 403) },
    }),
    async (c) => {
      const { phone_number: phoneNumber, limit, offset } = c.req.valid('query');
      const { stack, user } = c.var;
      const list = await listBlocked(stack.db, user, { phoneNumber, part: { limit, offset } });
      const { results: contacts, ...links } = longPage(c, list, { limit, offset });
      return c.json({ contacts, pagination: { ...links, limit, offset } }, 200);
    },
  );

  // Verifies phone numbers, as far as that is still possible.
  api.openapi(
    signedInRoute({
      operationId: 'verifyContacts',
      method: 'post',
      path: '/api/v1/contacts/verify/',
      tags: ['Contacts'],
      deprecated: true,
      summary: 'Says whether numbers can be ones. WhatsApp does not tell any more who is there.',
      request: jsonBody(verifyBody),
      responses: { 200: json(verifiedSchema, 'The numbers.'), ...failures(400, 403) },
    }),
    async (c) => c.json({ contacts: verifyContacts(c.req.valid('json').contacts) }, 200),
  );

  // Has WhatsApp keep a customer's messages from us.
  api.openapi(blockRouteSet.queryRoute, async (c) => {
    const { stack, user } = c.var;
    await blockContact(stack, user, c.req.valid('query').wa_id, Date.now());
    return c.json({}, 200);
  });
  api.openapi(blockRouteSet.route, async (c) => {
    const { stack, user } = c.var;
    await blockContact(stack, user, c.req.valid('param').wa_id, Date.now());
    return c.json({}, 200);
  });

  // Ends a block.
  api.openapi(unblockRouteSet.queryRoute, async (c) => {
    const { stack, user } = c.var;
    await unblockContact(stack, user, c.req.valid('query').wa_id, Date.now());
    return c.json({}, 200);
  });
  api.openapi(unblockRouteSet.route, async (c) => {
    const { stack, user } = c.var;
    await unblockContact(stack, user, c.req.valid('param').wa_id, Date.now());
    return c.json({}, 200);
  });

  // Marks a customer as reported, and blocks them if that is wanted.
  api.openapi(reportRouteSet.queryRoute, async (c) => {
    const { stack, user } = c.var;
    const report = toReport(c.req.valid('json'));
    await reportContact(stack, user, c.req.valid('query').wa_id, report, Date.now());
    return c.json({}, 200);
  });
  api.openapi(reportRouteSet.route, async (c) => {
    const { stack, user } = c.var;
    const report = toReport(c.req.valid('json'));
    await reportContact(stack, user, c.req.valid('param').wa_id, report, Date.now());
    return c.json({}, 200);
  });
}

function toReport({ block, message_id: messageId }: z.infer<typeof reportBody>): Report {
  return { isBlocking: block ?? false, messageId: messageId === '' ? undefined : messageId };
}

/**
 * The two routes of something that is done to a contact: with the contact in the path, as its siblings
 * have it, and hidden, with the contact in the query, as the service's document has it.
 */
function contactActRoutes<Body extends z.ZodType>({
  operationId,
  act,
  body,
}: {
  operationId: string;
  act: 'block' | 'unblock' | 'report';
  body: Body;
}) {
  const shared = {
    method: 'post' as const,
    tags: ['Contacts'],
    responses: { 200: json(z.object({}), 'Done.'), ...failures(400, 403, 404, 503) },
  };
  const route = signedInRoute({
    ...shared,
    operationId,
    path: `/api/v1/contacts/{wa_id}/${act}/`,
    request: { params: contactParams, ...jsonBody(body) },
  });
  const queryRoute = signedInRoute({
    ...shared,
    operationId: `${operationId}OfQuery`,
    hide: true,
    path: `/api/v1/contacts/${act}/`,
    request: { query: contactQuery, ...jsonBody(body) },
  });
  return { route, queryRoute };
}
