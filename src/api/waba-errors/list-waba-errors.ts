import { createRoute } from '@hono/zod-openapi';
import { listWabaErrors } from '../../inbox/waba-errors/waba-errors.ts';
import type { Api } from '../api-env.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { wabaErrorSchema } from './waba-error-schema.ts';

const route = createRoute({
  operationId: 'listWabaErrors',
  method: 'get',
  path: '/api/v1/errors/waba/',
  tags: ['Errors'],
  request: { query: pageQuery },
  responses: {
    200: json(pageSchema(wabaErrorSchema), 'The errors, newest first.'),
    ...failures(403),
  },
});

/** Lists what WABA reported as failed, as far as the caller may read it. */
export function listAllWabaErrors(api: Api): void {
  api.openapi(route, async (c) => {
    const part = c.req.valid('query');
    const { stack, user } = c.var;
    return c.json(longPage(c, await listWabaErrors(stack.db, user, part), part), 200);
  });
}
