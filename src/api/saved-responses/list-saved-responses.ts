import { createRoute } from '@hono/zod-openapi';
import { listSavedResponses } from '../../inbox/saved-responses/saved-responses.ts';
import type { Api } from '../api-env.ts';
import { textField } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { savedResponseSchema } from './saved-response-schema.ts';

const route = createRoute({
  operationId: 'listSavedResponses',
  method: 'get',
  path: '/api/v1/saved_responses/',
  tags: ['Saved Responses'],
  request: { query: pageQuery.extend({ text: queryParam(textField()) }) },
  responses: {
    200: json(pageSchema(savedResponseSchema), 'The saved responses, oldest first.'),
    ...failures(400, 403),
  },
});

/** Lists the saved responses, of everyone for everyone. */
export function listAllSavedResponses(api: Api): void {
  api.openapi(route, async (c) => {
    const { text, limit, offset } = c.req.valid('query');
    const { count, responses } = await listSavedResponses(c.var.stack.db, text, { limit, offset });
    return c.json(page(c, { count, results: responses, limit, offset }), 200);
  });
}
