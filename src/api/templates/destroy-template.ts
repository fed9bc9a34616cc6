import { createRoute, z } from '@hono/zod-openapi';
import { destroyTemplate } from '../../inbox/templates/destroy-template.ts';
import type { Api } from '../api-env.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'destroyTemplate',
  method: 'delete',
  path: '/api/v1/templates/{name}/',
  tags: ['Templates'],
  request: { params: z.object({ name: z.string().regex(/^[A-Za-z0-9_]{1,512}$/) }) },
  responses: {
    204: { description: 'WhatsApp has deleted it, in all its languages.' },
    ...failures(400, 403, 404, 503),
  },
});

/** Has WhatsApp delete a template. */
export function destroyMessageTemplate(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    await destroyTemplate(stack, user, c.req.valid('param').name, Date.now());
    return c.body(null, 204);
  });
}
