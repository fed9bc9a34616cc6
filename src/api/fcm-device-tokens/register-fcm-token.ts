import { createRoute } from '@hono/zod-openapi';
import { registerFcmToken } from '../../inbox/push/fcm-tokens.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { fcmTokenSchema, newFcmTokenSchema, presentFcmToken } from './fcm-token-schema.ts';

const route = createRoute({
  operationId: 'registerFcmDeviceToken',
  method: 'post',
  path: '/api/v1/fcm_device_tokens/',
  tags: ['Firebase CM device tokens'],
  summary: 'Registers a device of yours, or again, which Firebase recommends once a month.',
  request: jsonBody(newFcmTokenSchema),
  responses: { 201: json(fcmTokenSchema, 'It gets push messages.'), ...failures(400, 403) },
});

/** Registers a device of the caller's. */
export function registerFcmDeviceToken(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { token } = c.req.valid('json');
    const registered = await registerFcmToken(stack.db, user, token, Date.now());
    return c.json(presentFcmToken(registered, user, baseUrlOf(c)), 201);
  });
}
