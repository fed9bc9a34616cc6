import { createRoute, z } from '@hono/zod-openapi';
import { handOutRefreshToken } from '../../inbox/users/hand-out-refresh-token.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';

const answer = z.object({ refresh_token: z.string() }).openapi('RefreshToken');

const route = createRoute({
  operationId: 'retrieveRefreshToken',
  method: 'get',
  path: '/api/v1/auth/refresh_token/{id}/',
  tags: ['Authorization'],
  summary: 'With it a user can be signed in without a password; it changes with each use.',
  request: { params: idParams },
  responses: { 200: json(answer, 'The refresh token.'), ...failures(403, 404) },
});

/** Shows the refresh token of a user to admins and to that user. */
export function retrieveRefreshToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const token = await handOutRefreshToken(stack, user, c.req.valid('param').id);
    c.header('Cache-Control', 'no-store');
    return c.json({ refresh_token: token }, 200);
  });
}
