import type { Context, Next } from 'hono';
import type { User } from '../auth/user.ts';
import { log } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { loggedPath } from './logged-path.ts';

/** What a request may have come to be known by; not all of them get that far. */
type LoggedContext = Context<{
  Variables: {
    stack: StackContext | undefined;
    user: User | undefined;
    requestId: string | undefined;
  };
}>;

/** Writes one line per request: what was asked by whom and how it ended, nothing that was sent. */
export async function requestLog(c: LoggedContext, next: Next): Promise<void> {
  const startedAt = Date.now();
  await next();
  // The Stack object counts them, and says so once for all of a sweep.
  if (c.res.status === 429 && c.req.header('upgrade') !== undefined) return;
  log('request', {
    stack: c.var.stack?.config.name,
    method: c.req.method,
    path: loggedPath(c.req.path),
    status: c.res.status,
    ms: Date.now() - startedAt,
    user: c.var.user?.id,
    request_id: c.var.requestId,
  });
}
