import { createRoute } from '@hono/zod-openapi';
import { deletePhoto } from '../../inbox/profile/profile-photo.ts';
import type { Api } from '../api-env.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'deleteProfilePhoto',
  method: 'delete',
  path: '/api/v1/settings/profile/photo/',
  tags: ['Settings'],
  responses: {
    204: { description: 'WhatsApp shows none any more.' },
    ...failures(400, 403, 503),
  },
});

/** Has WhatsApp show no photo. */
export function deleteProfilePhoto(api: Api): void {
  api.openapi(route, async (c) => {
    await deletePhoto(c.var.stack, c.var.user, Date.now());
    return c.body(null, 204);
  });
}
