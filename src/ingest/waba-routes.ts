import { Hono, type MiddlewareHandler } from 'hono';
import { WaypostError, type ErrorCode } from '../error.ts';
import type { InboundCall } from '../bindings.ts';
import type { Bells } from '../inbox/bells.ts';
import type { StackContext } from '../store/open-stack.ts';
import { log, logError } from '../log.ts';
import { WEBHOOK_PATH } from '../waba/webhook-path.ts';
import { isVerifyToken } from './authenticate-waba.ts';
import { ingest, ringIngested } from './ingest.ts';

/** What the routes are handed with each request. */
export interface WabaEnv {
  Variables: {
    stack: StackContext;
    bells: Bells;
    /** Has the Stack object store a call, together with others. */
    together: (call: InboundCall) => Promise<void>;
  };
}

/** Statuses of the errors that an ingest can end with; WABA sends again whatever is not a 200. */
const STATUS_OF: Partial<Record<ErrorCode, 400 | 401 | 413 | 508>> = {
  invalid: 400,
  unauthenticated: 401,
  too_large: 413,
  loop: 508,
};

/** With a slash at the end, too, as people set it. */
const PATHS = [WEBHOOK_PATH, `${WEBHOOK_PATH}/`];

/** `POST /waba/webhook`, which WABA calls, and the `GET` with which Meta checks that it is ours. */
export const wabaRoutes = new Hono<WabaEnv>()
  .on('GET', PATHS, (c) => {
    const { config } = c.var.stack;
    const query = new URL(c.req.url).searchParams;
    const isOurs =
      query.get('hub.mode') === 'subscribe' && isVerifyToken(config, query.get('hub.verify_token'));
    if (!isOurs) return c.json({ detail: 'Invalid verify token.' }, 403);
    return c.text(query.get('hub.challenge') ?? '');
  })
  .on('POST', PATHS, async (c) => {
    const { stack, bells, together } = c.var;
    const ingested = await ingest(c.req.raw, stack, Date.now(), together);
    if (ingested !== undefined) {
      c.executionCtx.waitUntil(ringIngested([ingested], bells, stack.config));
    }
    return c.json({ success: true });
  })
  .on('ALL', PATHS, (c) =>
    c.json({ detail: `Method "${c.req.method}" not allowed.` }, 405, { Allow: 'GET, POST' }),
  )
  .onError((error, c) => {
    const stack = c.var.stack.config.name;
    const status = error instanceof WaypostError ? STATUS_OF[error.code] : undefined;
    if (status === undefined) {
      logError('ingest_failed', error, { stack });
      return c.json({ detail: 'The body could not be stored. Send it again.' }, 503);
    }
    log('ingest_refused', { stack, status });
    return c.json({ detail: error.message }, status);
  });

/**
 * Answers what was meant for ingest and has missed it with where that is: a POST that nothing else takes, and
 * Meta's challenge. Comes after all other routes.
 */
export const nearMiss: MiddlewareHandler<WabaEnv> = async function nearMiss(c, next) {
  const isChallenge = c.req.method === 'GET' && c.req.query('hub.mode') !== undefined;
  if (c.req.method !== 'POST' && !isChallenge) return next();
  const base = c.var.stack.config.publicUrl ?? new URL(c.req.url).origin;
  return c.json({ detail: `Not found. WhatsApp's webhook is ${base}${WEBHOOK_PATH}.` }, 404);
};
