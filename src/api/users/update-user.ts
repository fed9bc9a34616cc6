import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { changeUser } from './change-user.ts';
import { wholeUserSchema } from './user-changes-schema.ts';
import { userSchema } from './user-schema.ts';

const route = createRoute({
  operationId: 'updateUser',
  method: 'put',
  path: '/api/v1/users/{id}/',
  tags: ['Users'],
  summary: 'Changes a user: admins all of everyone, others their own names and e-mail address.',
  request: { params: idParams, ...jsonBody(wholeUserSchema) },
  responses: { 200: json(userSchema, 'The user as it is now.'), ...failures(400, 403, 404) },
});

/** Changes a user. */
export function updateWholeUser(api: Api): void {
  api.openapi(route, async (c) =>
    c.json(await changeUser(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );
}
