import { createRoute } from '@hono/zod-openapi';
import { deleteTag } from '../../inbox/tags/tags.ts';
import { workTagDeletions } from '../../inbox/tags/work-tag-deletions.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams } from '../fields.ts';
import { failures } from '../route-parts.ts';
import { ringForEvents } from './ring-for-events.ts';

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
    c.executionCtx.waitUntil(ringForEvents(c.var, takeOff(c.var, baseUrlOf(c))));
    return c.body(null, 204);
  });
}

async function takeOff({ stack }: ApiEnv['Variables'], baseUrl: string) {
  const { events } = await workTagDeletions(stack, Date.now() + BUDGET_MS, baseUrl);
  return events;
}
