import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { refreshRequestSchema } from './refresh-schema.ts';
import { startRefresh } from './start-refresh.ts';

const route = createRoute({
  operationId: 'issueSettingsRefreshRequest',
  method: 'post',
  path: '/api/v1/settings/refresh/issue/',
  tags: ['Settings'],
  responses: {
    200: json(refreshRequestSchema, 'A refresh is under way.'),
    ...failures(400, 403, 503),
  },
});

/** Begins a refresh of the settings from WhatsApp, unless one is under way. */
export function issueSettingsRefreshRequest(api: Api): void {
  api.openapi(route, async (c) => {
    await startRefresh(c, 'settings');
    return c.json({}, 200);
  });
}
