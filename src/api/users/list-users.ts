import { createRoute } from '@hono/zod-openapi';
import { presentUser } from '../../inbox/users/present-user.ts';
import { listUsers } from '../../inbox/users/users.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { userSchema } from './user-schema.ts';

const route = createRoute({
  operationId: 'listUsers',
  method: 'get',
  path: '/api/v1/users/',
  tags: ['Users'],
  request: { query: pageQuery },
  responses: { 200: json(pageSchema(userSchema), 'The users, by id.'), ...failures(403) },
});

/** Lists the users of the inbox. */
export function listAllUsers(api: Api): void {
  api.openapi(route, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const { count, users } = await listUsers(c.var.stack.db, { limit, offset });
    const results = users.map((user) => presentUser(user, baseUrlOf(c)));
    return c.json(page(c, { count, results, limit, offset }), 200);
  });
}
