import { createRoute } from '@hono/zod-openapi';
import { listPersons } from '../../inbox/chats/list-chats.ts';
import type { Api } from '../api-env.ts';
import { textField } from '../fields.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { personSchema } from './person-schema.ts';

const route = createRoute({
  operationId: 'listPeople',
  method: 'get',
  path: '/api/v1/persons/',
  tags: ['Persons'],
  request: { query: pageQuery.extend({ search: queryParam(textField()) }) },
  responses: {
    200: json(pageSchema(personSchema), 'The customers, those heard of last first.'),
    ...failures(400, 403),
  },
});

/** Lists the customers whose chats the caller may read. */
export function listPeople(api: Api): void {
  api.openapi(route, async (c) => {
    const { search, ...part } = c.req.valid('query');
    const list = await listPersons(c.var.stack.db, c.var.user, { search, part });
    return c.json(longPage(c, list, part), 200);
  });
}
