import { createRoute } from '@hono/zod-openapi';
import { resetToken } from '../../auth/token.ts';
import type { Api } from '../api-env.ts';
import { keepSession } from '../keep-session.ts';
import { failures, json } from '../route-parts.ts';
import { tokenSchema } from './token-schema.ts';

const route = createRoute({
  operationId: 'resetAuthToken',
  method: 'post',
  path: '/api/v1/auth/token/reset/',
  tags: ['Authorization'],
  summary:
    'Replaces your token; the one before, other sessions and your refresh token end at once.',
  responses: { 200: json(tokenSchema, 'The new token.'), ...failures(403) },
});

/** Gives the caller another token. Sockets that were opened with the one before are closed. */
export function resetMyToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, bells, user } = c.var;
    const token = await resetToken(stack, user.id);
    await bells.closeSockets(user.id);
    await keepSession(c);
    c.header('Cache-Control', 'no-store');
    return c.json({ token }, 200);
  });
}
