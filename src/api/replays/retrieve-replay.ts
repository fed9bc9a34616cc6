import { createRoute } from '@hono/zod-openapi';
import { retrieveReplay } from '../../webhooks/replays/find-replays.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { presentReplay } from './present-replay.ts';
import { replayParams, replaySchema } from './replay-schema.ts';

const route = createRoute({
  operationId: 'retrieveReplay',
  method: 'get',
  path: '/api/v1/webhooks/waba/{id}/replays/{replay}/',
  tags: ['Webhooks'],
  request: { params: replayParams },
  responses: { 200: json(replaySchema, 'The replay.'), ...failures(403, 404) },
});

/** Shows a replay and how far it has come. */
export function retrieveWebhookReplay(api: Api): void {
  api.openapi(route, async (c) => {
    const { id, replay } = c.req.valid('param');
    return c.json(presentReplay(await retrieveReplay(c.var.stack, c.var.user, id, replay)), 200);
  });
}
