import type { Context } from 'hono';
import { issueRefresh, type RefreshKind } from '../../inbox/refreshing/refresh.ts';
import { REFRESH_STEPS } from '../../inbox/refreshing/refresh-steps.ts';
import { workRefreshes } from '../../inbox/refreshing/work-refreshes.ts';
import type { ApiEnv } from '../api-env.ts';

/** How long an invocation may work after its answer is 30 seconds; the stack's alarm does the rest. */
const BUDGET_MS = 20_000;

/** Begins a refresh and works it after the answer. Throws as `issueRefresh` does. */
export async function startRefresh(c: Context<ApiEnv>, kind: RefreshKind): Promise<void> {
  const { stack } = c.var;
  await issueRefresh(stack, kind, Date.now());
  c.executionCtx.waitUntil(workRefreshes(stack, REFRESH_STEPS, BUDGET_MS));
}
