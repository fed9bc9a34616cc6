import { createRoute } from '@hono/zod-openapi';
import { untagChat } from '../../inbox/tags/take-off.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { ringEvents } from '../ring-events.ts';
import { failures } from '../route-parts.ts';
import { byCaller } from '../tags/tagging-input.ts';

const route = createRoute({
  operationId: 'destroyChatTagging',
  method: 'delete',
  path: '/api/v1/chat_tagging/{id}/',
  tags: ['Tags'],
  request: { params: idParams },
  responses: { 204: { description: 'Taken off.' }, ...failures(403, 404) },
});

/** Takes a tag off a chat. */
export function destroyChatTagging(api: Api): void {
  api.openapi(route, async (c) => {
    const event = await untagChat(c.var.stack, c.req.valid('param').id, byCaller(c));
    ringEvents(c, [event]);
    return c.body(null, 204);
  });
}
