import { createRoute } from '@hono/zod-openapi';
import { listChatTaggingEvents } from '../../inbox/tags/list-tagging-events.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { longPage } from '../long-page.ts';
import { pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import {
  chatTaggingEventSchema,
  chatTaggingEventsQuery,
  toEventsRequest,
} from '../tags/tagging-event-schema.ts';

const route = createRoute({
  operationId: 'listChatTaggingEvents',
  method: 'get',
  path: '/api/v1/chat_tagging_events/',
  tags: ['Tags'],
  request: { query: chatTaggingEventsQuery },
  responses: {
    200: json(pageSchema(chatTaggingEventSchema), 'Who tagged what when, newest first.'),
    ...failures(400, 403),
  },
});

/** Lists who tagged which chats that the caller may read. */
export function listAllChatTaggingEvents(api: Api): void {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const request = toEventsRequest(query);
    const list = await listChatTaggingEvents(c.var.stack.db, c.var.user, request, baseUrlOf(c));
    return c.json(longPage(c, list, request.part), 200);
  });
}
