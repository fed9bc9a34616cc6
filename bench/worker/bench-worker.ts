// The product's Worker, with routes to measure it against: each does the least that its kind of work takes.
import type { Env, QueueMessage } from '../../src/bindings.ts';
import worker from '../../src/index.ts';
import { assertLoopback } from '../loopback.ts';

export { Stack, WabaSender } from '../../src/index.ts';

const TABLE = 'CREATE TABLE IF NOT EXISTS bench_rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)';

export default {
  fetch: (request, env, ctx) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/__bench/no-op') return new Response();
    if (pathname === '/__bench/insert') return insert(request, env);
    if (pathname === '/__bench/forward') return forward(request, ctx);
    if (pathname === '/__bench/socket') return echo();
    return worker.fetch(request, env, ctx);
  },
  queue: worker.queue,
} satisfies ExportedHandler<Env, QueueMessage>;

/** Keeps a body: one row in one table. `PUT` makes the table. */
async function insert(request: Request, env: Env): Promise<Response> {
  if (request.method === 'PUT') await env.DB.prepare(TABLE).run();
  else {
    const body = await request.text();
    await env.DB.prepare('INSERT INTO bench_rows (body) VALUES (?)').bind(body).run();
  }
  return new Response();
}

/** Answers, then posts the body to the URLs in `forward-to`: no record, no signature, no second attempt. */
async function forward(request: Request, ctx: ExecutionContext): Promise<Response> {
  const urls = request.headers.get('forward-to')?.split(',') ?? [];
  const body = await request.text();
  ctx.waitUntil(Promise.all(urls.map((url) => post(url, body))));
  return new Response();
}

async function post(url: string, body: string): Promise<void> {
  assertLoopback(url);
  const response = await fetch(url, { method: 'POST', body });
  await response.arrayBuffer();
}

/** A websocket that answers what it is told with the same. */
function echo(): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener('message', ({ data }) => server.send(data));
  return new Response(null, { status: 101, webSocket: client });
}
