import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { refreshRequestSchema } from './refresh-schema.ts';
import { startRefresh } from './start-refresh.ts';

const route = createRoute({
  operationId: 'issueTemplateRefreshRequest',
  method: 'post',
  path: '/api/v1/templates/refresh/issue/',
  tags: ['Templates'],
  responses: {
    200: json(refreshRequestSchema, 'A refresh is under way.'),
    ...failures(400, 403, 503),
  },
});

/** Begins a refresh of the templates from WhatsApp, unless one is under way. */
export function issueTemplateRefreshRequest(api: Api): void {
  api.openapi(route, async (c) => {
    await startRefresh(c, 'templates');
    return c.json({}, 200);
  });
}
