import { createRoute, z } from '@hono/zod-openapi';
import { unblockContact } from '../../inbox/blocking/block-contact.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { blockBody, contactParams, contactQuery } from './blocking-schema.ts';

const shared = {
  method: 'post' as const,
  tags: ['Contacts'],
  responses: { 200: json(z.object({}), 'Done.'), ...failures(400, 403, 404, 503) },
};

const route = createRoute({
  ...shared,
  operationId: 'unblockContact',
  path: '/api/v1/contacts/{wa_id}/unblock/',
  request: { params: contactParams, ...jsonBody(blockBody) },
});

/** The same with the contact in the query, as the service's document has it. */
const queryRoute = createRoute({
  ...shared,
  operationId: 'unblockContactOfQuery',
  hide: true,
  path: '/api/v1/contacts/unblock/',
  request: { query: contactQuery, ...jsonBody(blockBody) },
});

/** Ends a block. */
export function unblockOneContact(api: Api): void {
  api.openapi(queryRoute, async (c) => {
    const { stack, user } = c.var;
    await unblockContact(stack, user, c.req.valid('query').wa_id, Date.now());
    return c.json({}, 200);
  });
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    await unblockContact(stack, user, c.req.valid('param').wa_id, Date.now());
    return c.json({}, 200);
  });
}
