import { createRoute, z } from '@hono/zod-openapi';
import { clientAddress } from '../../auth/client-address.ts';
import { convertRefreshToken } from '../../auth/refresh-token.ts';
import { currentToken } from '../../auth/token.ts';
import { invalidField } from '../../error.ts';
import type { Api } from '../api-env.ts';
import { textField } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { tokenSchema } from './token-schema.ts';

const route = createRoute({
  operationId: 'convertIdToken',
  method: 'post',
  path: '/api/v1/auth/convert_id_token/',
  tags: ['Authorization'],
  summary: 'As `convertRefreshToken`, by the name of older clients.',
  deprecated: true,
  security: [],
  request: jsonBody(z.object({ id_token: textField({ min: 1 }) })),
  responses: { 200: json(tokenSchema, 'The token.'), ...failures(400, 429) },
});

/** Signs a user in by a refresh token that is called an id token; it is used up. */
export function convertIdToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack } = c.var;
    const userId = await convertRefreshToken(stack, {
      refreshToken: c.req.valid('json').id_token,
      keep: false,
      address: clientAddress(c.req.raw.headers),
    });
    if (userId === undefined) throw invalidField('id_token', 'Invalid refresh token.');
    c.header('Cache-Control', 'no-store');
    return c.json({ token: await currentToken(stack, userId) }, 200);
  });
}
