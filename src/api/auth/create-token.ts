import { createRoute, z } from '@hono/zod-openapi';
import { clientAddress } from '../../auth/client-address.ts';
import { logIn } from '../../auth/log-in.ts';
import { currentToken } from '../../auth/token.ts';
import { WaypostError } from '../../error.ts';
import type { Api } from '../api-env.ts';
import { textField } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { tokenSchema } from './token-schema.ts';

const WRONG = 'Unable to log in with provided credentials.';

const route = createRoute({
  operationId: 'createAuthToken',
  method: 'post',
  path: '/api/v1/auth/token/',
  tags: ['Authorization'],
  security: [],
  request: jsonBody(z.object({ username: textField({ min: 1 }), password: z.string().min(1) })),
  responses: { 200: json(tokenSchema, 'The token.'), ...failures(400, 429) },
});

/** Signs a user in by username and password. */
export function createToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack } = c.var;
    const address = clientAddress(c.req.raw.headers);
    const userId = await logIn(stack, { ...c.req.valid('json'), address });
    if (userId === undefined) {
      throw new WaypostError('invalid', WRONG, { fields: { non_field_errors: [WRONG] } });
    }
    c.header('Cache-Control', 'no-store');
    return c.json({ token: await currentToken(stack, userId) }, 200);
  });
}
