import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  changeReplay,
  REPLAY_CHANGES,
  type ReplayChange,
} from '../../webhooks/replays/change-replay.ts';
import { countReplay, createReplay } from '../../webhooks/replays/create-replay.ts';
import { listReplays, retrieveReplay } from '../../webhooks/replays/find-replays.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import {
  presentReplay,
  replayBody,
  replayParams,
  replaySchema,
  replaysQuery,
} from './replay-schema.ts';

const listReplaysAnswer = z.object({ results: z.array(replaySchema), next: z.url().nullable() });

/** Replays: past events sent again. */
export function replayRoutes(api: Api): void {
  // Sends a webhook events of the past, or counts them.
  api.openapi(
    signedInRoute({
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
    }),
    async (c) => {
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
    },
  );

  // Lists the replays of a webhook.
  api.openapi(
    signedInRoute({
      operationId: 'listReplays',
      method: 'get',
      path: '/api/v1/webhooks/waba/{id}/replays/',
      tags: ['Webhooks'],
      request: { params: idParams, query: replaysQuery },
      responses: {
        200: json(listReplaysAnswer, "The webhook's replays, newest first."),
        ...failures(400, 403, 404),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { id } = c.req.valid('param');
      const { replays, next } = await listReplays(stack, user, id, c.req.valid('query'));
      const body = {
        results: replays.map(presentReplay),
        next: next === null ? null : linkBefore(c, next),
      };
      return c.json(body, 200);
    },
  );

  // Shows a replay and how far it has come.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveReplay',
      method: 'get',
      path: '/api/v1/webhooks/waba/{id}/replays/{replay}/',
      tags: ['Webhooks'],
      request: { params: replayParams },
      responses: { 200: json(replaySchema, 'The replay.'), ...failures(403, 404) },
    }),
    async (c) => {
      const { id, replay } = c.req.valid('param');
      return c.json(presentReplay(await retrieveReplay(c.var.stack, c.var.user, id, replay)), 200);
    },
  );

  // Pauses, resumes or cancels a replay: a path for each.
  for (const change of REPLAY_CHANGES) register(api, change);
}

function linkBefore(c: Context<ApiEnv>, replay: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('before', String(replay));
  return url.href;
}

function register(api: Api, change: ReplayChange): void {
  const route = signedInRoute({
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
