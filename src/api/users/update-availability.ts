import { createRoute, z } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { booleanField, idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { setAvailability } from './change-user.ts';

const route = createRoute({
  operationId: 'updateUserAvailability',
  method: 'patch',
  path: '/api/v1/users/{id}/availability',
  tags: ['Users'],
  summary:
    'Says whether chats may be given to a user now: of yourself, or as an admin of everyone.',
  request: { params: idParams, ...jsonBody(z.object({ is_available: booleanField })) },
  responses: {
    200: json(z.object({ is_available: z.boolean() }).openapi('Availability'), 'How it is now.'),
    ...failures(400, 403, 404),
  },
});

/** Changes whether a user is available. */
export function updateUserAvailability(api: Api): void {
  api.openapi(route, async (c) => {
    const { is_available } = c.req.valid('json');
    await setAvailability(c, c.req.valid('param').id, is_available);
    return c.json({ is_available }, 200);
  });
}
