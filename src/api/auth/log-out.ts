import { createRoute, z } from '@hono/zod-openapi';
import { noSessionCookie } from '../../auth/cookies.ts';
import { assertCsrf } from '../../auth/csrf.ts';
import { endSession, findSessionUser } from '../../auth/session.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';

const route = createRoute({
  operationId: 'logOut',
  method: 'get',
  path: '/api/v1/auth/logout/',
  tags: ['Authorization'],
  summary: 'Ends the session of this browser; tokens stay.',
  security: [],
  responses: { 200: json(z.object({}), 'There is no session any more.'), ...failures(403) },
});

/**
 * Signs a browser out, by GET, as the clients of the service do. A token stays: other programs of the
 * user may have it, too. Open to all, for a session that is over has to be forgotten as well. Another
 * site's link must not end one: throws `forbidden` where neither a CSRF token nor a token is shown.
 */
export function logOut(api: Api): void {
  api.openapi(route, async (c) => {
    c.header('Cache-Control', 'no-store');
    if (c.req.method === 'HEAD') return c.json({}, 200);
    const { stack } = c.var;
    // No page of another site can send this header along with our cookie.
    const hasToken = c.req.header('Authorization') !== undefined;
    if (!hasToken && (await findSessionUser(stack, c.req.raw)) !== undefined) {
      await assertCsrf(stack.config, c.req.raw);
    }
    await endSession(stack, c.req.raw);
    c.header('Set-Cookie', noSessionCookie(c.var.stack.config, c.req.raw), { append: true });
    return c.json({}, 200);
  });
}
