import type { z } from '@hono/zod-openapi';
import type { Replay } from '../../webhooks/replays/replay.ts';
import type { replaySchema } from './replay-schema.ts';

/** Shows a replay. */
export function presentReplay(replay: Replay): z.input<typeof replaySchema> {
  return {
    id: replay.id,
    webhook: replay.webhookId,
    state: replay.state,
    filter: { ...replay.filter },
    per_second: replay.perSecond,
    total: replay.total,
    queued: replay.queued,
    delivered: replay.delivered,
    dead: replay.dead,
    dropped: replay.dropped,
    pending: replay.pending,
    created_at: Math.floor(replay.createdAt / 1000),
    ended_at: replay.endedAt === null ? null : Math.floor(replay.endedAt / 1000),
  };
}
