import { unblockContact } from '../../inbox/blocking/block-contact.ts';
import type { Api } from '../api-env.ts';
import { blockBody } from './blocking-schema.ts';
import { contactActRoutes } from './contact-act-routes.ts';

const { route, queryRoute } = contactActRoutes({
  operationId: 'unblockContact',
  act: 'unblock',
  body: blockBody,
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
