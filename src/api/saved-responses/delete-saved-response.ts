import { createRoute } from '@hono/zod-openapi';
import { deleteSavedResponse as remove } from '../../inbox/saved-responses/saved-responses.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'deleteSavedResponse',
  method: 'delete',
  path: '/api/v1/saved_responses/{id}/',
  tags: ['Saved Responses'],
  summary: 'Deletes a saved response of yours; admins may delete all.',
  request: { params: idParams },
  responses: { 204: { description: 'It is deleted.' }, ...failures(403, 404) },
});

/** Deletes a saved response. */
export function deleteSavedResponse(api: Api): void {
  api.openapi(route, async (c) => {
    await remove(c.var.stack.db, c.var.user, c.req.valid('param').id);
    return c.body(null, 204);
  });
}
