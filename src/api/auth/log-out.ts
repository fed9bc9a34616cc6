import { createRoute, z } from '@hono/zod-openapi';
import { noSessionCookie } from '../../auth/cookies.ts';
import { endSession } from '../../auth/session.ts';
import type { Api } from '../api-env.ts';
import { json } from '../route-parts.ts';

const route = createRoute({
  operationId: 'logOut',
  method: 'get',
  path: '/api/v1/auth/logout/',
  tags: ['Authorization'],
  summary: 'Ends the session of this browser; tokens stay.',
  security: [],
  responses: { 200: json(z.object({}), 'There is no session any more.') },
});

/**
 * Signs a browser out, by GET, as the clients of the service do. A token stays: other programs of the
 * user may have it, too. Open to all, for a session that is over has to be forgotten as well.
 */
export function logOut(api: Api): void {
  api.openapi(route, async (c) => {
    c.header('Cache-Control', 'no-store');
    if (c.req.method === 'HEAD') return c.json({}, 200);
    await endSession(c.var.stack, c.req.raw);
    c.header('Set-Cookie', noSessionCookie(c.req.raw), { append: true });
    return c.json({}, 200);
  });
}
