import { createRoute } from '@hono/zod-openapi';
import { retrieveWabaError } from '../../inbox/waba-errors/waba-errors.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { wabaErrorSchema } from './waba-error-schema.ts';

const route = createRoute({
  operationId: 'retrieveWabaError',
  method: 'get',
  path: '/api/v1/errors/waba/{id}/',
  tags: ['Errors'],
  request: { params: idParams },
  responses: { 200: json(wabaErrorSchema, 'The error.'), ...failures(403, 404) },
});

/** Shows one error of WABA's. */
export function retrieveOneWabaError(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    return c.json(await retrieveWabaError(stack.db, user, c.req.valid('param').id), 200);
  });
}
