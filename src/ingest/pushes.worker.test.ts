import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import type { Bells } from '../inbox/bells.ts';
import { newAccount } from '../inbox/push/push.test-support.ts';
import { openStack } from '../store/open-stack.ts';
import { messageBody } from './sample-bodies.test-support.ts';
import { wabaRoutes, type WabaEnv } from './waba-routes.ts';

const stack = openStack(env, 'default');
const TEXT = { type: 'text', text: { body: 'x' } };
let pushes: number[] = [];

const bells: Bells = {
  events: async () => {},
  outbox: async () => {},
  media: async () => {},
  webhooks: async () => {},
  replays: async () => {},
  closeSockets: async () => {},
  pushes: async (seqs) => void pushes.push(...seqs),
  refreshes: async () => undefined,
};

/** Posts a body to a stack that pushes, or does not; returns how many events were rung for. */
async function rungFor(body: object, isPushing = true): Promise<number> {
  const fcm = isPushing ? await newAccount() : undefined;
  const app = new Hono<WabaEnv>()
    .use(async (c, next) => {
      c.set('stack', { ...stack, config: { ...stack.config, fcm } });
      c.set('bells', bells);
      await next();
    })
    .route('/', wabaRoutes);
  pushes = [];
  const context = createExecutionContext();
  const headers = { authorization: 'Bearer test-webhook-token' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await app.request('/waba/webhook', init, env, context);
  await waitOnExecutionContext(context);
  expect(response.status).toBe(200);
  return pushes.length;
}

it("phones are rung for a customer's message, once", async () => {
  const body = messageBody('wamid.push', TEXT);
  expect(await rungFor(body)).toBe(1);
  expect(await rungFor(body)).toBe(0);
});

it('phones are not rung for a status', async () => {
  const status = { id: 'wamid.push', status: 'read', timestamp: '1', recipient_id: '491' };
  const value = { messaging_product: 'whatsapp', statuses: [status] };
  const changes = [{ field: 'messages', value }];
  expect(await rungFor({ object: 'whatsapp_business_account', entry: [{ changes }] })).toBe(0);
});

it('phones are not rung where no service account is set', async () => {
  expect(await rungFor(messageBody('wamid.quiet', TEXT), false)).toBe(0);
});
