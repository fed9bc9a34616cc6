import { createRoute } from '@hono/zod-openapi';
import { listMessageTaggingEvents } from '../../inbox/tags/list-tagging-events.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { longPage } from '../long-page.ts';
import { pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import {
  messageTaggingEventSchema,
  messageTaggingEventsQuery,
  toEventsRequest,
} from '../tags/tagging-event-schema.ts';

const route = createRoute({
  operationId: 'listMessageTaggingEvents',
  method: 'get',
  path: '/api/v1/message_tagging_events/',
  tags: ['Tags'],
  request: { query: messageTaggingEventsQuery },
  responses: {
    200: json(pageSchema(messageTaggingEventSchema), 'Who tagged what when, newest first.'),
    ...failures(400, 403),
  },
});

/** Lists who tagged which messages that the caller may read. */
export function listAllMessageTaggingEvents(api: Api): void {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const request = { ...toEventsRequest(query), messageId: query.message_id };
    const list = await listMessageTaggingEvents(c.var.stack.db, c.var.user, request, baseUrlOf(c));
    return c.json(longPage(c, list, request.part), 200);
  });
}
