import { createRoute, z } from '@hono/zod-openapi';
import { csrfCookie } from '../../auth/cookies.ts';
import { csrfTokenOf, newCsrfToken } from '../../auth/csrf.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { json } from '../route-parts.ts';

/** What lists; each is an address below the API's own. */
const LISTS = ['chats', 'messages', 'persons', 'users', 'webhooks/waba'] as const;

const route = createRoute({
  operationId: 'apiRoot',
  method: 'get',
  path: '/api/v1/',
  tags: ['Authorization'],
  summary: 'Open to all: where to go from here, and the cookie `csrftoken`.',
  security: [],
  responses: { 200: json(z.record(z.string(), z.url()), 'Addresses of lists.') },
});

/** Gives a browser its CSRF token before it is signed in (spec: Session). */
export function apiRoot(api: Api): void {
  api.openapi(route, (c) => {
    const token = csrfTokenOf(c.req.raw) ?? newCsrfToken();
    c.header('Set-Cookie', csrfCookie(c.var.stack.config, c.req.raw, token), { append: true });
    c.header('Cache-Control', 'no-store');
    const root = `${baseUrlOf(c)}/api/v1/`;
    return c.json(Object.fromEntries(LISTS.map((name) => [name, `${root}${name}/`])), 200);
  });
}
