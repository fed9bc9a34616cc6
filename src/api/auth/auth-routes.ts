import { z } from '@hono/zod-openapi';
import { clientAddress } from '../../auth/client-address.ts';
import { csrfCookie, noSessionCookie } from '../../auth/cookies.ts';
import { assertCsrf, csrfTokenOf, newCsrfToken } from '../../auth/csrf.ts';
import { logIn } from '../../auth/log-in.ts';
import { convertRefreshToken } from '../../auth/refresh-token.ts';
import { endSession, findSessionUser } from '../../auth/session.ts';
import { currentToken, resetToken } from '../../auth/token.ts';
import { enter, isOnlyLooking } from '../../console/enter.ts';
import { HOME } from '../../console/next-path.ts';
import { invalidField, WaypostError } from '../../error.ts';
import { activateUser, assertActivationCode } from '../../inbox/users/activate-user.ts';
import { handOutRefreshToken } from '../../inbox/users/hand-out-refresh-token.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { bodyAsJson } from '../body-as-json.ts';
import { booleanField, idParams, textField } from '../fields.ts';
import { keepSession } from '../keep-session.ts';
import { failures, json, jsonBody, openRoute, signedInRoute } from '../route-parts.ts';
import { limitedRate } from '../signed-in.ts';

/** The answer that carries an API token. */
const tokenSchema = z
  .object({ token: z.string().openapi({ example: '8aeb44f5a318542d32bb13019d68198467ee21f0' }) })
  .openapi('Token');

const SIGN_IN = 'You can sign in now.';

const NO_PASSWORD = 'You can sign in once an admin has set your password.';

const activated = z.object({ detail: z.string() }).openapi('Activated');

/** What lists; each is an address below the API's own. */
const LISTS = ['chats', 'messages', 'persons', 'users', 'webhooks/waba'] as const;

const WRONG = 'Unable to log in with provided credentials.';

const retrieveRefreshTokenAnswer = z.object({ refresh_token: z.string() }).openapi('RefreshToken');

/** Signing in and out, and the tokens of whoever asks. */
export function authRoutes(api: Api): void {
  // Answers an activation URL, which works once.
  api.openapi(
    openRoute({
      operationId: 'activateUser',
      method: 'get',
      path: '/activate/{code}/',
      tags: ['Users'],
      request: { params: z.object({ code: z.string() }) },
      responses: {
        200: json(
          z.union([tokenSchema, activated]),
          'The account may be used; the token of an app.',
        ),
        302: { description: 'A person is signed in, in a browser.' },
        ...failures(404),
      },
    }),
    async (c) => {
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
      return c.json(
        { detail: `The account is active. ${hasPassword ? SIGN_IN : NO_PASSWORD}` },
        200,
      );
    },
  );

  // Gives a browser its CSRF token before it is signed in (spec: Session).
  api.openapi(
    openRoute({
      operationId: 'apiRoot',
      method: 'get',
      path: '/api/v1/',
      tags: ['Authorization'],
      summary: 'Open to all: where to go from here, and the cookie `csrftoken`.',
      responses: { 200: json(z.record(z.string(), z.url()), 'Addresses of lists.') },
    }),
    (c) => {
      const token = csrfTokenOf(c.req.raw) ?? newCsrfToken();
      c.header('Set-Cookie', csrfCookie(c.var.stack.config, c.req.raw, token), { append: true });
      c.header('Cache-Control', 'no-store');
      const root = `${baseUrlOf(c)}/api/v1/`;
      return c.json(Object.fromEntries(LISTS.map((name) => [name, `${root}${name}/`])), 200);
    },
  );

  // Signs a browser out, by GET, as the clients of the service do. A token stays: other programs of the
  // user may have it, too. Open to all, for a session that is over has to be forgotten as well. Another
  // site's link must not end one: throws `forbidden` where neither a CSRF token nor a token is shown.
  api.openapi(
    openRoute({
      operationId: 'logOut',
      method: 'get',
      path: '/api/v1/auth/logout/',
      tags: ['Authorization'],
      summary: 'Ends the session of this browser; tokens stay.',
      responses: { 200: json(z.object({}), 'There is no session any more.'), ...failures(403) },
    }),
    async (c) => {
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
    },
  );

  // Signs a user in by username and password.
  api.openapi(
    openRoute({
      operationId: 'createAuthToken',
      method: 'post',
      path: '/api/v1/auth/token/',
      tags: ['Authorization'],
      middleware: [limitedRate, bodyAsJson],
      request: jsonBody(z.object({ username: textField({ min: 1 }), password: z.string().min(1) })),
      responses: { 200: json(tokenSchema, 'The token.'), ...failures(400, 429) },
    }),
    async (c) => {
      const { stack } = c.var;
      const address = clientAddress(c.req.raw.headers);
      const userId = await logIn(stack, { ...c.req.valid('json'), address });
      if (userId === undefined) {
        throw new WaypostError('invalid', WRONG, { fields: { non_field_errors: [WRONG] } });
      }
      c.header('Cache-Control', 'no-store');
      return c.json({ token: await currentToken(stack, userId) }, 200);
    },
  );

  // Signs a user in by a refresh token.
  api.openapi(
    openRoute({
      operationId: 'convertRefreshToken',
      method: 'post',
      path: '/api/v1/auth/convert_refresh_token/',
      tags: ['Authorization'],
      summary: 'Answers the token of the user whose refresh token this is, which is used up by it.',
      middleware: [limitedRate, bodyAsJson],
      request: jsonBody(
        z.object({
          refresh_token: textField({ min: 1 }),
          keep_refresh_token: booleanField.default(false),
        }),
      ),
      responses: { 200: json(tokenSchema, 'The token.'), ...failures(400, 429) },
    }),
    async (c) => {
      const { refresh_token: refreshToken, keep_refresh_token: keep } = c.req.valid('json');
      const { stack } = c.var;
      const address = clientAddress(c.req.raw.headers);
      const userId = await convertRefreshToken(stack, { refreshToken, keep, address });
      if (userId === undefined) throw invalidField('refresh_token', 'Invalid refresh token.');
      c.header('Cache-Control', 'no-store');
      return c.json({ token: await currentToken(stack, userId) }, 200);
    },
  );

  // Signs a user in by a refresh token that is called an id token; it is used up.
  api.openapi(
    openRoute({
      operationId: 'convertIdToken',
      method: 'post',
      path: '/api/v1/auth/convert_id_token/',
      tags: ['Authorization'],
      summary: 'As `convertRefreshToken`, by the name of older clients.',
      deprecated: true,
      middleware: [limitedRate, bodyAsJson],
      request: jsonBody(z.object({ id_token: textField({ min: 1 }) })),
      responses: { 200: json(tokenSchema, 'The token.'), ...failures(400, 429) },
    }),
    async (c) => {
      const { stack } = c.var;
      const userId = await convertRefreshToken(stack, {
        refreshToken: c.req.valid('json').id_token,
        keep: false,
        address: clientAddress(c.req.raw.headers),
      });
      if (userId === undefined) throw invalidField('id_token', 'Invalid refresh token.');
      c.header('Cache-Control', 'no-store');
      return c.json({ token: await currentToken(stack, userId) }, 200);
    },
  );

  // Gives the caller another token. Sockets that were opened with the one before are closed.
  api.openapi(
    signedInRoute({
      operationId: 'resetAuthToken',
      method: 'post',
      path: '/api/v1/auth/token/reset/',
      tags: ['Authorization'],
      summary:
        'Replaces your token; the one before, other sessions and your refresh token end at once.',
      responses: { 200: json(tokenSchema, 'The new token.'), ...failures(403) },
    }),
    async (c) => {
      const { stack, bells, user } = c.var;
      const token = await resetToken(stack, user.id);
      await bells.closeSockets(user.id);
      await keepSession(c);
      c.header('Cache-Control', 'no-store');
      return c.json({ token }, 200);
    },
  );

  // Shows the refresh token of a user to admins and to that user.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveRefreshToken',
      method: 'get',
      path: '/api/v1/auth/refresh_token/{id}/',
      tags: ['Authorization'],
      summary: 'With it a user can be signed in without a password; it changes with each use.',
      request: { params: idParams },
      responses: {
        200: json(retrieveRefreshTokenAnswer, 'The refresh token.'),
        ...failures(403, 404),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const token = await handOutRefreshToken(stack, user, c.req.valid('param').id);
      c.header('Cache-Control', 'no-store');
      return c.json({ refresh_token: token }, 200);
    },
  );
}

/** A program that activates somebody asks for JSON, or for anything. */
function isBrowser(request: Request): boolean {
  return /\btext\/html\b/i.test(request.headers.get('accept') ?? '');
}
