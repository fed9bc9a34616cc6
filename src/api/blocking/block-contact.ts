import { createRoute, z } from '@hono/zod-openapi';
import { blockContact } from '../../inbox/blocking/block-contact.ts';
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
  operationId: 'blockContact',
  path: '/api/v1/contacts/{wa_id}/block/',
  request: { params: contactParams, ...jsonBody(blockBody) },
});

/** The same with the contact in the query, as the service's document has it. */
const queryRoute = createRoute({
  ...shared,
  operationId: 'blockContactOfQuery',
  hide: true,
  path: '/api/v1/contacts/block/',
  request: { query: contactQuery, ...jsonBody(blockBody) },
});

/** Has WhatsApp keep a customer's messages from us. */
export function blockOneContact(api: Api): void {
  api.openapi(queryRoute, async (c) => {
    const { stack, user } = c.var;
    await blockContact(stack, user, c.req.valid('query').wa_id, Date.now());
    return c.json({}, 200);
  });
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    await blockContact(stack, user, c.req.valid('param').wa_id, Date.now());
    return c.json({}, 200);
  });
}
