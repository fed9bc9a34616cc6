import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { REFRESH_STEPS } from '../../inbox/refreshing/refresh-steps.ts';
import { isRefreshing, issueRefresh, type RefreshKind } from '../../inbox/refreshing/refresh.ts';
import { workRefreshes } from '../../inbox/refreshing/work-refreshes.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';

/** Whether a refresh is under way. */
const refreshStatusSchema = z
  .object({ currently_refreshing: z.boolean() })
  .openapi('RefreshStatus');

/** The answer to a request for a refresh. */
const refreshRequestSchema = z.object({}).openapi('RefreshRequest');

/** How long an invocation may work after its answer is 30 seconds; the stack's alarm does the rest. */
const BUDGET_MS = 20_000;

/** Copying anew what WhatsApp keeps for the number. */
export function refreshRoutes(api: Api): void {
  // Says whether the templates are being refreshed.
  api.openapi(
    signedInRoute({
      operationId: 'checkTemplateRefreshStatus',
      method: 'get',
      path: '/api/v1/templates/refresh/status/',
      tags: ['Templates'],
      responses: { 200: json(refreshStatusSchema, 'Whether one is under way.'), ...failures(403) },
    }),
    async (c) => {
      const isUnderWay = await isRefreshing(c.var.stack.db, 'templates');
      return c.json({ currently_refreshing: isUnderWay }, 200);
    },
  );

  // Begins a refresh of the templates from WhatsApp, unless one is under way.
  api.openapi(
    signedInRoute({
      operationId: 'issueTemplateRefreshRequest',
      method: 'post',
      path: '/api/v1/templates/refresh/issue/',
      tags: ['Templates'],
      responses: {
        200: json(refreshRequestSchema, 'A refresh is under way.'),
        ...failures(400, 403, 503),
      },
    }),
    async (c) => {
      await startRefresh(c, 'templates');
      return c.json({}, 200);
    },
  );

  // Says whether the settings are being refreshed.
  api.openapi(
    signedInRoute({
      operationId: 'checkSettingsRefreshStatus',
      method: 'get',
      path: '/api/v1/settings/refresh/status/',
      tags: ['Settings'],
      responses: { 200: json(refreshStatusSchema, 'Whether one is under way.'), ...failures(403) },
    }),
    async (c) => {
      const isUnderWay = await isRefreshing(c.var.stack.db, 'settings');
      return c.json({ currently_refreshing: isUnderWay }, 200);
    },
  );

  // Begins a refresh of the settings from WhatsApp, unless one is under way.
  api.openapi(
    signedInRoute({
      operationId: 'issueSettingsRefreshRequest',
      method: 'post',
      path: '/api/v1/settings/refresh/issue/',
      tags: ['Settings'],
      responses: {
        200: json(refreshRequestSchema, 'A refresh is under way.'),
        ...failures(400, 403, 503),
      },
    }),
    async (c) => {
      await startRefresh(c, 'settings');
      return c.json({}, 200);
    },
  );
}

/** Begins a refresh and works it after the answer. Throws as `issueRefresh` does. */
async function startRefresh(c: Context<ApiEnv>, kind: RefreshKind): Promise<void> {
  const { stack } = c.var;
  await issueRefresh(stack, kind, Date.now());
  c.executionCtx.waitUntil(workRefreshes(stack, REFRESH_STEPS, BUDGET_MS));
}
