import { createRoute, z } from '@hono/zod-openapi';
import { countReplay, createReplay } from '../../webhooks/replays/create-replay.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { presentReplay } from './present-replay.ts';
import { replayBody, replaySchema } from './replay-schema.ts';

const route = createRoute({
  operationId: 'createReplay',
  method: 'post',
  path: '/api/v1/webhooks/waba/{id}/replays/',
  tags: ['Webhooks'],
  request: { params: idParams, ...jsonBody(replayBody) },
  responses: {
    200: json(z.object({ count: z.int() }), 'With dry_run: how many deliveries it would make.'),
    201: json(replaySchema, 'The replay; it begins at once.'),
    ...failures(400, 403, 404, 409),
  },
});

/** Sends a webhook events of the past, or counts them. */
export function createWebhookReplay(api: Api): void {
  api.openapi(route, async (c) => {
    const { dry_run, per_second, missed, ...rest } = c.req.valid('json');
    const filter = { ...rest, ...(missed === true ? { missed } : {}) };
    const { id } = c.req.valid('param');
    const { stack, user, bells } = c.var;
    if (dry_run === true) {
      return c.json({ count: await countReplay(stack, user, id, filter) }, 200);
    }
    const replay = await createReplay(stack, user, id, filter, per_second);
    // If this bell is lost, the next sweep rings.
    c.executionCtx.waitUntil(bells.replays([replay.id]));
    return c.json(presentReplay(replay), 201);
  });
}
