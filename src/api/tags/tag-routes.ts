import type { Context } from 'hono';
import { createTag, deleteTag, listTags } from '../../inbox/tags/tags.ts';
import { workTagDeletions } from '../../inbox/tags/work-tag-deletions.ts';
import { logError } from '../../log.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { newTagSchema, tagSchema } from './tag-schema.ts';

/** What takes longer is left to the housekeeping. */
const BUDGET_MS = 5_000;

/** Tags. */
export function tagRoutes(api: Api): void {
  // Lists the tags. Everyone may see which there are.
  api.openapi(
    signedInRoute({
      operationId: 'listTags',
      method: 'get',
      path: '/api/v1/tags/',
      tags: ['Tags'],
      request: { query: pageQuery },
      responses: { 200: json(pageSchema(tagSchema), 'The tags, by id.'), ...failures(403) },
    }),
    async (c) => {
      const { limit, offset } = c.req.valid('query');
      const { count, tags } = await listTags(c.var.stack.db, { limit, offset });
      return c.json(page(c, { count, results: tags, limit, offset }), 200);
    },
  );

  // Makes a tag.
  api.openapi(
    signedInRoute({
      operationId: 'createTag',
      method: 'post',
      path: '/api/v1/tags/',
      tags: ['Tags'],
      request: jsonBody(newTagSchema),
      responses: { 201: json(tagSchema, 'The tag.'), ...failures(400, 403) },
    }),
    async (c) => {
      const { name, web_inbox_color = null } = c.req.valid('json');
      const tag = await createTag(c.var.stack.db, c.var.user, { name, web_inbox_color });
      return c.json(tag, 201);
    },
  );

  // Deletes a tag; that it was taken off what it was on is told after the answer.
  api.openapi(
    signedInRoute({
      operationId: 'destroyTag',
      method: 'delete',
      path: '/api/v1/tags/{id}/',
      tags: ['Tags'],
      request: { params: idParams },
      responses: {
        204: { description: 'Deleted, and nobody sees it on a chat or a message any more.' },
        ...failures(403, 404),
      },
    }),
    async (c) => {
      await deleteTag(c.var.stack.db, c.var.user, c.req.valid('param').id);
      c.executionCtx.waitUntil(takeOff(c));
      return c.body(null, 204);
    },
  );
}

/** Never rejects: what is left over, or goes wrong, is the housekeeping's. */
async function takeOff(c: Context<ApiEnv>): Promise<void> {
  const { stack } = c.var;
  try {
    const deadline = Date.now() + BUDGET_MS;
    const { events } = await workTagDeletions(stack, deadline, baseUrlOf(c));
    ringEvents(c, events);
  } catch (error) {
    logError('tag_deletion_failed', error, { stack: stack.config.name });
  }
}
