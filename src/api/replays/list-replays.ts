import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { listReplays } from '../../webhooks/replays/find-replays.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { presentReplay } from './present-replay.ts';
import { replaySchema, replaysQuery } from './replay-schema.ts';

const answer = z.object({ results: z.array(replaySchema), next: z.url().nullable() });

const route = createRoute({
  operationId: 'listReplays',
  method: 'get',
  path: '/api/v1/webhooks/waba/{id}/replays/',
  tags: ['Webhooks'],
  request: { params: idParams, query: replaysQuery },
  responses: {
    200: json(answer, "The webhook's replays, newest first."),
    ...failures(400, 403, 404),
  },
});

/** Lists the replays of a webhook. */
export function listWebhookReplays(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { id } = c.req.valid('param');
    const { replays, next } = await listReplays(stack, user, id, c.req.valid('query'));
    const body = {
      results: replays.map(presentReplay),
      next: next === null ? null : linkBefore(c, next),
    };
    return c.json(body, 200);
  });
}

function linkBefore(c: Context<ApiEnv>, replay: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('before', String(replay));
  return url.href;
}
