import type { z } from '@hono/zod-openapi';
import { reportContact, type Report } from '../../inbox/blocking/block-contact.ts';
import type { Api } from '../api-env.ts';
import { reportBody } from './blocking-schema.ts';
import { contactActRoutes } from './contact-act-routes.ts';

const { route, queryRoute } = contactActRoutes({
  operationId: 'reportContact',
  act: 'report',
  body: reportBody,
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
