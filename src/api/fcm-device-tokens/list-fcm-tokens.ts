import { createRoute } from '@hono/zod-openapi';
import { listFcmTokens } from '../../inbox/push/fcm-tokens.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { textField } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { fcmTokenSchema, presentFcmToken } from './fcm-token-schema.ts';

const route = createRoute({
  operationId: 'listFcmDeviceTokens',
  method: 'get',
  path: '/api/v1/fcm_device_tokens/',
  tags: ['Firebase CM device tokens'],
  request: { query: pageQuery.extend({ token: queryParam(textField()) }) },
  responses: { 200: json(pageSchema(fcmTokenSchema), 'Your devices.'), ...failures(400, 403) },
});

/** Lists the caller's own devices. */
export function listFcmDeviceTokens(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { token, limit, offset } = c.req.valid('query');
    const { count, tokens } = await listFcmTokens(stack.db, user, token, { limit, offset });
    const results = tokens.map((one) => presentFcmToken(one, user, baseUrlOf(c)));
    return c.json(page(c, { count, results, limit, offset }), 200);
  });
}
