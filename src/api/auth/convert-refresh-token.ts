import { createRoute, z } from '@hono/zod-openapi';
import { clientAddress } from '../../auth/client-address.ts';
import { convertRefreshToken } from '../../auth/refresh-token.ts';
import { currentToken } from '../../auth/token.ts';
import { invalidField } from '../../error.ts';
import type { Api } from '../api-env.ts';
import { booleanField, textField } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { tokenSchema } from './token-schema.ts';

const route = createRoute({
  operationId: 'convertRefreshToken',
  method: 'post',
  path: '/api/v1/auth/convert_refresh_token/',
  tags: ['Authorization'],
  summary: 'Answers the token of the user whose refresh token this is, which is used up by it.',
  security: [],
  request: jsonBody(
    z.object({
      refresh_token: textField({ min: 1 }),
      keep_refresh_token: booleanField.default(false),
    }),
  ),
  responses: { 200: json(tokenSchema, 'The token.'), ...failures(400, 429) },
});

/** Signs a user in by a refresh token. */
export function convertARefreshToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { refresh_token: refreshToken, keep_refresh_token: keep } = c.req.valid('json');
    const { stack } = c.var;
    const address = clientAddress(c.req.raw.headers);
    const userId = await convertRefreshToken(stack, { refreshToken, keep, address });
    if (userId === undefined) throw invalidField('refresh_token', 'Invalid refresh token.');
    c.header('Cache-Control', 'no-store');
    return c.json({ token: await currentToken(stack, userId) }, 200);
  });
}
