import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { getPath } from 'hono/utils/url';
import type { ApiEnv } from './api/api-env.ts';
import { createApi } from './api/app.ts';
import { answerError } from './api/errors.ts';
import { signedIn } from './api/signed-in.ts';
import type { Env, QueueMessage } from './bindings.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { frontPageToken } from './console/csrf-token.ts';
import { staticFile } from './console/static-file.ts';
import { DIALECT_RENDERERS } from './dialects/renderers.ts';
import { nearMiss, wabaRoutes } from './ingest/waba-routes.ts';
import { consume } from './queue/consume.ts';
import { stackOfRequest } from './stack-of-request.ts';
import { deliveryBells } from './stack/doorbells.ts';
import { openWebsocket } from './stack/open-websocket.ts';
import { openStack } from './store/open-stack.ts';
import { singleSlashed } from './waba/webhook-path.ts';
import { metrics } from './watch/metrics.ts';
import { readiness } from './watch/readiness.ts';
import { requestLog } from './watch/request-log.ts';
import { wellFormed } from './well-formed.ts';

export { WabaSender } from './stack/outbox/sender.ts';
export { Stack } from './stack/stack.ts';

/** For those who watch: signs in, and refuses, as the API does. */
const watch = new Hono<ApiEnv>().get('/metrics', signedIn, metrics).onError(answerError);

const app = new Hono<ApiEnv>({ getPath: (request) => singleSlashed(getPath(request)) })
  .use(wellFormed)
  .get('/healthz', (c) => c.json({ status: 'ok' }))
  .use(requestId(), requestLog)
  .use(stackOfRequest(DIALECT_RENDERERS))
  .get('/readyz', readiness)
  .on('GET', ['/ws', '/ws/'], openWebsocket)
  .get('/', frontPageToken, openWebsocket)
  .route('/', watch)
  .route('/', wabaRoutes)
  .route('/', createApi())
  .route('/', consoleRoutes())
  .all('*', nearMiss)
  .notFound(staticFile);

export default {
  fetch: app.fetch,
  queue: (batch, env, ctx) =>
    consume(batch, ctx, {
      openStack: (name) => openStack(env, name),
      ...deliveryBells(env),
      dialects: DIALECT_RENDERERS,
    }),
} satisfies ExportedHandler<Env, QueueMessage>;
