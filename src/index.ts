import { Hono } from 'hono';
import type { Env, QueueMessage } from './config.ts';

export { Stack } from './stack/stack.ts';

const app = new Hono<{ Bindings: Env }>().get('/healthz', (c) => c.json({ status: 'ok' }));

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env, QueueMessage>;
