import { createRoute } from '@hono/zod-openapi';
import { presentUser } from '../../inbox/users/present-user.ts';
import { retrieveUser as findUser } from '../../inbox/users/users.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { userSchema } from './user-schema.ts';

const route = createRoute({
  operationId: 'retrieveUser',
  method: 'get',
  path: '/api/v1/users/{id}/',
  tags: ['Users'],
  request: { params: idParams },
  responses: { 200: json(userSchema, 'The user.'), ...failures(403, 404) },
});

/** Shows one user. */
export function retrieveOneUser(api: Api): void {
  api.openapi(route, async (c) => {
    const user = await findUser(c.var.stack.db, c.req.valid('param').id);
    return c.json(presentUser(user, baseUrlOf(c)), 200);
  });
}
