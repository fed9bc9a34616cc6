import { createRoute } from '@hono/zod-openapi';
import { deregisterFcmToken } from '../../inbox/push/fcm-tokens.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'deregisterFcmDeviceToken',
  method: 'delete',
  path: '/api/v1/fcm_device_tokens/{id}/',
  tags: ['Firebase CM device tokens'],
  request: { params: idParams },
  responses: { 204: { description: 'It gets no push messages.' }, ...failures(403, 404) },
});

/** Stops a device of the caller's from getting push messages. */
export function deregisterFcmDeviceToken(api: Api): void {
  api.openapi(route, async (c) => {
    await deregisterFcmToken(c.var.stack.db, c.var.user, c.req.valid('param').id);
    return c.body(null, 204);
  });
}
