// The product's Worker, with two routes to measure it against.
import type { Env, QueueMessage } from '../../src/config.ts';
import worker from '../../src/index.ts';

export { Stack, WabaSender } from '../../src/index.ts';

const TABLE = 'CREATE TABLE IF NOT EXISTS bench_rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL)';

export default {
  fetch: (request, env, ctx) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/__bench/no-op') return new Response();
    if (pathname === '/__bench/insert') return insert(request, env);
    return worker.fetch(request, env, ctx);
  },
  queue: worker.queue,
} satisfies ExportedHandler<Env, QueueMessage>;

/** The least that can be done to keep a body: one row in one table. `PUT` makes the table. */
async function insert(request: Request, env: Env): Promise<Response> {
  if (request.method === 'PUT') await env.DB.prepare(TABLE).run();
  else {
    const body = await request.text();
    await env.DB.prepare('INSERT INTO bench_rows (body) VALUES (?)').bind(body).run();
  }
  return new Response();
}
