import { createRoute } from '@hono/zod-openapi';
import { isRefreshing } from '../../inbox/refreshing/refresh.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { refreshStatusSchema } from './refresh-schema.ts';

const route = createRoute({
  operationId: 'checkSettingsRefreshStatus',
  method: 'get',
  path: '/api/v1/settings/refresh/status/',
  tags: ['Settings'],
  responses: { 200: json(refreshStatusSchema, 'Whether one is under way.'), ...failures(403) },
});

/** Says whether the settings are being refreshed. */
export function checkSettingsRefreshStatus(api: Api): void {
  api.openapi(route, async (c) => {
    const isUnderWay = await isRefreshing(c.var.stack.db, 'settings');
    return c.json({ currently_refreshing: isUnderWay }, 200);
  });
}
