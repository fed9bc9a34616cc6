import { createRoute, z } from '@hono/zod-openapi';
import { activateUser, assertActivationCode } from '../../inbox/users/activate-user.ts';
import { enter } from '../../console/enter.ts';
import { isOnlyLooking } from '../../console/is-only-looking.ts';
import { HOME } from '../../console/next-path.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { tokenSchema } from './token-schema.ts';

const SIGN_IN = 'You can sign in now.';
const NO_PASSWORD = 'You can sign in once an admin has set your password.';

const activated = z.object({ detail: z.string() }).openapi('Activated');

const route = createRoute({
  operationId: 'activateUser',
  method: 'get',
  path: '/activate/{code}/',
  tags: ['Users'],
  security: [],
  request: { params: z.object({ code: z.string() }) },
  responses: {
    200: json(z.union([tokenSchema, activated]), 'The account may be used; the token of an app.'),
    302: { description: 'A person is signed in, in a browser.' },
    ...failures(404),
  },
});

/** Answers an activation URL, which works once. */
export function activate(api: Api): void {
  api.openapi(route, async (c) => {
    const { code } = c.req.valid('param');
    c.header('Cache-Control', 'no-store');
    if (isOnlyLooking(c.req.raw)) {
      await assertActivationCode(c.var.stack, code);
      return c.json({ detail: '' }, 200);
    }
    const { user, token, hasPassword } = await activateUser(c.var.stack, code);
    if (token !== undefined) return c.json({ token }, 200);
    // It lets its reader in, who may have no password (spec: Password-less authentication, FAQ).
    if (isBrowser(c.req.raw)) return enter(c, user.id, HOME);
    return c.json({ detail: `The account is active. ${hasPassword ? SIGN_IN : NO_PASSWORD}` }, 200);
  });
}

/** A program that activates somebody asks for JSON, or for anything. */
function isBrowser(request: Request): boolean {
  return /\btext\/html\b/i.test(request.headers.get('accept') ?? '');
}
