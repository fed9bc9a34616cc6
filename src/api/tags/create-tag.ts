import { createRoute } from '@hono/zod-openapi';
import { createTag } from '../../inbox/tags/tags.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { newTagSchema, tagSchema } from './tag-schema.ts';

const route = createRoute({
  operationId: 'createTag',
  method: 'post',
  path: '/api/v1/tags/',
  tags: ['Tags'],
  request: jsonBody(newTagSchema),
  responses: { 201: json(tagSchema, 'The tag.'), ...failures(400, 403) },
});

/** Makes a tag. */
export function createNewTag(api: Api): void {
  api.openapi(route, async (c) => {
    const { name, web_inbox_color = null } = c.req.valid('json');
    const tag = await createTag(c.var.stack.db, c.var.user, { name, web_inbox_color });
    return c.json(tag, 201);
  });
}
