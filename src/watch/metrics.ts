import type { Context } from 'hono';
import type { User } from '../auth/user.ts';
import type { Env } from '../bindings.ts';
import { assertAdmin } from '../inbox/permissions.ts';
import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { bringTotalsUpToDate } from '../webhooks/totals/add-up-totals.ts';
import { exposition, EXPOSITION_TYPE } from './exposition.ts';
import { measure } from './measure.ts';
import { metricsOf } from './metrics-of.ts';

type MetricsContext = Context<{
  Bindings: Env;
  Variables: { stack: StackContext; user: User };
}>;

/**
 * `GET /metrics` for Prometheus, about one stack. Needs the variable `user`; throws `forbidden` for
 * anyone but admins.
 */
export async function metrics(c: MetricsContext): Promise<Response> {
  const { stack, user } = c.var;
  assertAdmin(user);
  await bringTotalsUpToDate(stack.db);
  const [measures, sockets, databaseBytes] = await Promise.all([
    measure(stack.db),
    countSockets(c),
    stack.db.size(),
  ]);
  const found = metricsOf(measures, { sockets, databaseBytes }, Date.now());
  return c.body(exposition(found), 200, {
    'Content-Type': EXPOSITION_TYPE,
    'Cache-Control': 'no-store',
  });
}

/** Undefined where the object does not answer: what storage says is worth having without it. */
async function countSockets(c: MetricsContext): Promise<number | undefined> {
  const { name } = c.var.stack.config;
  try {
    return await c.env.STACK.getByName(name).countSockets();
  } catch (error) {
    logError('sockets_not_counted', error, { stack: name });
    return undefined;
  }
}
