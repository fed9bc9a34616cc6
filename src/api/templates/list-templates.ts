import { createRoute } from '@hono/zod-openapi';
import { listTemplates } from '../../inbox/templates/list-templates.ts';
import type { Api } from '../api-env.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { templateSchema } from './template-schema.ts';

const route = createRoute({
  operationId: 'listTemplates',
  method: 'get',
  path: '/api/v1/templates/',
  tags: ['Templates'],
  request: { query: pageQuery },
  responses: {
    200: json(pageSchema(templateSchema), 'The templates, by name and language.'),
    ...failures(403),
  },
});

/** Lists the message templates, out of our copy. */
export function listAllTemplates(api: Api): void {
  api.openapi(route, async (c) => {
    const part = c.req.valid('query');
    return c.json(longPage(c, await listTemplates(c.var.stack.db, part), part), 200);
  });
}
