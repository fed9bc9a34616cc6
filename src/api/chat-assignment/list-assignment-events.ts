import { createRoute } from '@hono/zod-openapi';
import { listAssignmentEvents } from '../../inbox/assignment/list-assignment-events.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { integerField, textField } from '../fields.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { assignmentEventSchema } from './assignment-schema.ts';

const route = createRoute({
  operationId: 'listChatAssignmentEvents',
  method: 'get',
  path: '/api/v1/chat_assignment_events/',
  tags: ['Assignment'],
  request: {
    query: pageQuery.extend({
      wa_id: queryParam(textField()),
      since_time: queryParam(integerField()).openapi({ description: 'Seconds; from then on.' }),
      before_time: queryParam(integerField()).openapi({ description: 'Seconds; before then.' }),
    }),
  },
  responses: {
    200: json(pageSchema(assignmentEventSchema), 'Who assigned which chat to whom, newest first.'),
    ...failures(400, 403),
  },
});

/** Lists the assignments of one chat, or of all that the caller may read. */
export function listChatAssignmentEvents(api: Api): void {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const part = { limit: query.limit, offset: query.offset };
    const request = {
      waId: query.wa_id,
      sinceTime: query.since_time,
      beforeTime: query.before_time,
      part,
    };
    const { stack, user } = c.var;
    const list = await listAssignmentEvents(stack.db, user, request, baseUrlOf(c));
    return c.json(longPage(c, list, part), 200);
  });
}
