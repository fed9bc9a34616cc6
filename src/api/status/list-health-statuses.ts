import { createRoute, z } from '@hono/zod-openapi';
import { runChecks } from '../../inbox/health/health-check.ts';
import { stackChecks } from '../../inbox/health/stack-checks.ts';
import { readBacklog } from '../../watch/backlog.ts';
import { pauseSentence, readOutboxPause } from '../../watch/outbox-pause.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';

const healthSchema = z
  .object({ check_name: z.string(), is_ok: z.boolean(), message: z.string() })
  .openapi('HealthStatus');

const route = createRoute({
  operationId: 'listHealthStatuses',
  method: 'get',
  path: '/api/v1/status/health/',
  tags: ['Status'],
  responses: { 200: json(z.array(healthSchema), 'What was checked, now.'), ...failures(403) },
});

/** Checks all that belongs to the stack, and says what came of it. */
export function listHealthStatuses(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user, bells } = c.var;
    const checks = stackChecks(stack, user, {
      backlog: () => readBacklog(stack.db, Date.now()),
      outboxPause: async () => {
        const pause = await readOutboxPause(stack.db);
        return pause === undefined ? undefined : pauseSentence(pause);
      },
      callObject: () => c.env.STACK.getByName(stack.config.name).countSockets(),
      ringRefreshes: () => bells.refreshes(),
    });
    return c.json(await runChecks(checks), 200);
  });
}
