import { createRoute } from '@hono/zod-openapi';
import { listGroups } from '../../inbox/groups/groups.ts';
import type { Api } from '../api-env.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { groupSchema } from '../users/user-schema.ts';

const route = createRoute({
  operationId: 'listGroups',
  method: 'get',
  path: '/api/v1/groups/',
  tags: ['Groups'],
  request: { query: pageQuery },
  responses: { 200: json(pageSchema(groupSchema), 'The groups, by id.'), ...failures(403) },
});

/** Lists the groups of the inbox. */
export function listAllGroups(api: Api): void {
  api.openapi(route, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const { count, groups } = await listGroups(c.var.stack.db, { limit, offset });
    return c.json(page(c, { count, results: groups, limit, offset }), 200);
  });
}
