import { createRoute, z } from '@hono/zod-openapi';
import { reportContact, type Report } from '../../inbox/blocking/block-contact.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { contactParams, contactQuery, reportBody } from './blocking-schema.ts';

const shared = {
  method: 'post' as const,
  tags: ['Contacts'],
  responses: { 200: json(z.object({}), 'Done.'), ...failures(400, 403, 404, 503) },
};

const route = createRoute({
  ...shared,
  operationId: 'reportContact',
  path: '/api/v1/contacts/{wa_id}/report/',
  request: { params: contactParams, ...jsonBody(reportBody) },
});

/** The same with the contact in the query, as the service's document has it. */
const queryRoute = createRoute({
  ...shared,
  operationId: 'reportContactOfQuery',
  hide: true,
  path: '/api/v1/contacts/report/',
  request: { query: contactQuery, ...jsonBody(reportBody) },
});

/** Marks a customer as reported, and blocks them if that is wanted. */
export function reportOneContact(api: Api): void {
  api.openapi(queryRoute, async (c) => {
    const { stack, user } = c.var;
    const report = toReport(c.req.valid('json'));
    await reportContact(stack, user, c.req.valid('query').wa_id, report, Date.now());
    return c.json({}, 200);
  });
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const report = toReport(c.req.valid('json'));
    await reportContact(stack, user, c.req.valid('param').wa_id, report, Date.now());
    return c.json({}, 200);
  });
}

function toReport({ block, message_id: messageId }: z.infer<typeof reportBody>): Report {
  return { isBlocking: block ?? false, messageId: messageId === '' ? undefined : messageId };
}
