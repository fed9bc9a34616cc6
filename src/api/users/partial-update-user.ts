import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { changeUser } from './change-user.ts';
import { userChangesSchema } from './user-changes-schema.ts';
import { userSchema } from './user-schema.ts';

const route = createRoute({
  operationId: 'partialUpdateUser',
  method: 'patch',
  path: '/api/v1/users/{id}/',
  tags: ['Users'],
  summary:
    'Changes some of a user: admins all of everyone, others their own names and e-mail address.',
  request: { params: idParams, ...jsonBody(userChangesSchema) },
  responses: { 200: json(userSchema, 'The user as it is now.'), ...failures(400, 403, 404) },
});

/** Changes what is said of a user. */
export function partialUpdateUser(api: Api): void {
  api.openapi(route, async (c) =>
    c.json(await changeUser(c, c.req.valid('param').id, c.req.valid('json')), 200),
  );
}
