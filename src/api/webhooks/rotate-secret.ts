import { createRoute } from '@hono/zod-openapi';
import { newWebhookSecret } from '../../outbound/signature.ts';
import { rotateSecret } from '../../webhooks/rotate-secret.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { rotationBody } from './webhook-body.ts';
import { rotatedSecretSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'rotateWabaWebhookSecret',
  method: 'post',
  path: '/api/v1/webhooks/waba/{id}/rotate_secret/',
  tags: ['Webhooks'],
  request: { params: idParams, ...jsonBody(rotationBody) },
  responses: {
    200: json(rotatedSecretSchema, 'The secret that signs from now on.'),
    ...failures(400, 403, 404, 409),
  },
});

/** Gives a webhook another secret; the one before signs beside it until its grace is over. */
export function rotateWabaWebhookSecret(api: Api): void {
  api.openapi(route, async (c) => {
    const { grace_seconds: graceSeconds, secret = newWebhookSecret() } = c.req.valid('json');
    const { id } = c.req.valid('param');
    const { stack, user } = c.var;
    const until = await rotateSecret(stack, user, id, { secret, graceSeconds });
    c.header('Cache-Control', 'no-store');
    return c.json(
      { secret, old_secret_valid_until: until === null ? null : Math.floor(until / 1000) },
      200,
    );
  });
}
