import { createRoute, z } from '@hono/zod-openapi';
import { listAccounts } from '../../inbox/profile/own-number.ts';
import type { Api } from '../api-env.ts';
import { booleanField } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';

const accountSchema = z
  .object({
    phone_number: z.string().openapi({ description: 'In digits.' }),
    this_instance: z.boolean(),
  })
  .openapi('WhatsAppAccount');

const route = createRoute({
  operationId: 'listWhatsAppAccounts',
  method: 'get',
  path: '/api/v1/whatsapp_accounts/',
  tags: ['WhatsApp accounts'],
  request: { query: pageQuery.extend({ this_instance: queryParam(booleanField) }) },
  responses: {
    200: json(pageSchema(accountSchema), 'The numbers of this inbox.'),
    ...failures(400, 403),
  },
});

/** Lists the number of this inbox. */
export function listWhatsAppAccounts(api: Api): void {
  api.openapi(route, async (c) => {
    const { this_instance: isThis, limit, offset } = c.req.valid('query');
    const all = await listAccounts(c.var.stack);
    const asked = all.filter((account) => isThis === undefined || account.this_instance === isThis);
    const results = asked.slice(offset, offset + limit);
    return c.json(page(c, { results, count: asked.length, limit, offset }), 200);
  });
}
