import { createRoute } from '@hono/zod-openapi';
import { listTags } from '../../inbox/tags/tags.ts';
import type { Api } from '../api-env.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { tagSchema } from './tag-schema.ts';

const route = createRoute({
  operationId: 'listTags',
  method: 'get',
  path: '/api/v1/tags/',
  tags: ['Tags'],
  request: { query: pageQuery },
  responses: { 200: json(pageSchema(tagSchema), 'The tags, by id.'), ...failures(403) },
});

/** Lists the tags. Everyone may see which there are. */
export function listAllTags(api: Api): void {
  api.openapi(route, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const { count, tags } = await listTags(c.var.stack.db, { limit, offset });
    return c.json(page(c, { count, results: tags, limit, offset }), 200);
  });
}
