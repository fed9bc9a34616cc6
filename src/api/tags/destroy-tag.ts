import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { deleteTag } from '../../inbox/tags/tags.ts';
import { workTagDeletions } from '../../inbox/tags/work-tag-deletions.ts';
import { logError } from '../../log.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams } from '../fields.ts';
import { ringEvents } from '../ring-events.ts';
import { failures } from '../route-parts.ts';

/** What takes longer is left to the housekeeping. */
const BUDGET_MS = 5_000;

const route = createRoute({
  operationId: 'destroyTag',
  method: 'delete',
  path: '/api/v1/tags/{id}/',
  tags: ['Tags'],
  request: { params: idParams },
  responses: {
    204: { description: 'Deleted, and nobody sees it on a chat or a message any more.' },
    ...failures(403, 404),
  },
});

/** Deletes a tag; that it was taken off what it was on is told after the answer. */
export function destroyTag(api: Api): void {
  api.openapi(route, async (c) => {
    await deleteTag(c.var.stack.db, c.var.user, c.req.valid('param').id);
    c.executionCtx.waitUntil(takeOff(c));
    return c.body(null, 204);
  });
}

/** Never rejects: what is left over, or goes wrong, is the housekeeping's. */
async function takeOff(c: Context<ApiEnv>): Promise<void> {
  const { stack } = c.var;
  try {
    const deadline = Date.now() + BUDGET_MS;
    const { events } = await workTagDeletions(stack, deadline, baseUrlOf(c));
    ringEvents(c, events);
  } catch (error) {
    logError('tag_deletion_failed', error, { stack: stack.config.name });
  }
}
