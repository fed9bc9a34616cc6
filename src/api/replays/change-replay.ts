import { createRoute } from '@hono/zod-openapi';
import {
  changeReplay,
  REPLAY_CHANGES,
  type ReplayChange,
} from '../../webhooks/replays/change-replay.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { presentReplay } from './present-replay.ts';
import { replayParams, replaySchema } from './replay-schema.ts';

/** Pauses, resumes or cancels a replay: a path for each. */
export function changeWebhookReplay(api: Api): void {
  for (const change of REPLAY_CHANGES) register(api, change);
}

function register(api: Api, change: ReplayChange): void {
  const route = createRoute({
    operationId: `${change}Replay`,
    method: 'post',
    path: `/api/v1/webhooks/waba/{id}/replays/{replay}/${change}/`,
    tags: ['Webhooks'],
    request: { params: replayParams },
    responses: { 200: json(replaySchema, 'The replay.'), ...failures(403, 404, 409) },
  });
  api.openapi(route, async (c) => {
    const { id, replay } = c.req.valid('param');
    const { stack, user, bells } = c.var;
    const changed = await changeReplay(stack, user, id, replay, change);
    // What waited behind dropped deliveries may be due, or the next step is.
    c.executionCtx.waitUntil(change === 'resume' ? bells.replays([replay]) : bells.webhooks([id]));
    return c.json(presentReplay(changed), 200);
  });
}
