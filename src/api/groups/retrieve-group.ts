import { createRoute } from '@hono/zod-openapi';
import { retrieveGroup } from '../../inbox/groups/groups.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { groupSchema } from '../users/user-schema.ts';

const route = createRoute({
  operationId: 'retrieveGroup',
  method: 'get',
  path: '/api/v1/groups/{id}/',
  tags: ['Groups'],
  request: { params: idParams },
  responses: { 200: json(groupSchema, 'The group.'), ...failures(403, 404) },
});

/** Shows one group. */
export function retrieveOneGroup(api: Api): void {
  api.openapi(route, async (c) =>
    c.json(await retrieveGroup(c.var.stack.db, c.req.valid('param').id), 200),
  );
}
