import { createRoute } from '@hono/zod-openapi';
import { updateFcmToken } from '../../inbox/push/fcm-tokens.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { fcmTokenSchema, newFcmTokenSchema, presentFcmToken } from './fcm-token-schema.ts';

const route = createRoute({
  operationId: 'updateFcmDeviceToken',
  method: 'put',
  path: '/api/v1/fcm_device_tokens/{id}/',
  tags: ['Firebase CM device tokens'],
  summary: 'Gives a device of yours another token.',
  request: { params: idParams, ...jsonBody(newFcmTokenSchema) },
  responses: { 200: json(fcmTokenSchema, 'The device.'), ...failures(400, 403, 404) },
});

/** Replaces the token of a device of the caller's. */
export function updateFcmDeviceToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const change = { id: c.req.valid('param').id, token: c.req.valid('json').token };
    const updated = await updateFcmToken(stack.db, user, change, Date.now());
    return c.json(presentFcmToken(updated, user, baseUrlOf(c)), 200);
  });
}
