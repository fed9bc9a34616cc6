import { createRoute } from '@hono/zod-openapi';
import { untagMessage } from '../../inbox/tags/take-off.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { ringEvents } from '../ring-events.ts';
import { failures } from '../route-parts.ts';
import { byCaller } from '../tags/tagging-input.ts';

const route = createRoute({
  operationId: 'destroyMessageTagging',
  method: 'delete',
  path: '/api/v1/message_tagging/{id}/',
  tags: ['Tags'],
  request: { params: idParams },
  responses: { 204: { description: 'Taken off.' }, ...failures(403, 404) },
});

/** Takes a tag off a message; its chat keeps it. */
export function destroyMessageTagging(api: Api): void {
  api.openapi(route, async (c) => {
    const event = await untagMessage(c.var.stack, c.req.valid('param').id, byCaller(c));
    ringEvents(c, [event]);
    return c.body(null, 204);
  });
}
