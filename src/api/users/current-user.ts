import { createRoute } from '@hono/zod-openapi';
import { presentUser } from '../../inbox/users/present-user.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { failures, json } from '../route-parts.ts';
import { userSchema } from './user-schema.ts';

const route = createRoute({
  operationId: 'retrieveCurrentUser',
  method: 'get',
  path: '/api/v1/users/current/',
  tags: ['Users'],
  responses: { 200: json(userSchema, 'Who you are.'), ...failures(403) },
});

/** Tells callers who they are. */
export function retrieveCurrentUser(api: Api): void {
  api.openapi(route, (c) => c.json(presentUser(c.var.user, baseUrlOf(c)), 200));
}
