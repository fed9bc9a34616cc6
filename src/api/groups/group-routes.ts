import { listGroups, retrieveGroup } from '../../inbox/groups/groups.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';
import { groupSchema } from '../users/user-schema.ts';

/** Groups of users. */
export function groupRoutes(api: Api): void {
  // Lists the groups of the inbox.
  api.openapi(
    signedInRoute({
      operationId: 'listGroups',
      method: 'get',
      path: '/api/v1/groups/',
      tags: ['Groups'],
      request: { query: pageQuery },
      responses: { 200: json(pageSchema(groupSchema), 'The groups, by id.'), ...failures(403) },
    }),
    async (c) => {
      const { limit, offset } = c.req.valid('query');
      const { count, groups } = await listGroups(c.var.stack.db, { limit, offset });
      return c.json(page(c, { count, results: groups, limit, offset }), 200);
    },
  );

  // Shows one group.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveGroup',
      method: 'get',
      path: '/api/v1/groups/{id}/',
      tags: ['Groups'],
      request: { params: idParams },
      responses: { 200: json(groupSchema, 'The group.'), ...failures(403, 404) },
    }),
    async (c) => c.json(await retrieveGroup(c.var.stack.db, c.req.valid('param').id), 200),
  );
}
