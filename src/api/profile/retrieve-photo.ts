import { createRoute, z } from '@hono/zod-openapi';
import { retrievePhoto } from '../../inbox/profile/profile-photo.ts';
import type { Api } from '../api-env.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'retrieveProfilePhoto',
  method: 'get',
  path: '/api/v1/settings/profile/photo/',
  tags: ['Settings'],
  responses: {
    200: {
      description: 'The photo.',
      content: { 'image/*': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...failures(403, 404),
  },
});

/** Serves the number's photo to every user; 404 where it has none. */
export function retrieveProfilePhoto(api: Api): void {
  api.openapi(route, async (c) => {
    const { body, mimeType } = await retrievePhoto(c.var.stack);
    c.header('Content-Type', mimeType);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Cache-Control', 'private, no-cache');
    return c.body(body, 200);
  });
}
