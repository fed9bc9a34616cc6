import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness } from 'wrangler';
import { ApiClient } from './support/api-client.ts';
import { openSocket } from './support/socket-client.ts';
import { postToIngest, textMessage } from './support/whatsapp.ts';

const SETTINGS = {
  WABA_API_URL: 'http://127.0.0.1:9',
  D360_API_KEY: 'k',
  WEBHOOK_TOKEN: 'local-webhook-token',
  SECRET_KEY: 'a-secret-key-of-at-least-thirty-two-characters',
  ADMIN_USERNAME: 'admin',
  ADMIN_PASSWORD: 'an-admins-password',
};

const server = createTestHarness({ workers: [{ configPath: './wrangler.toml', vars: SETTINGS }] });
let baseUrl: string;
let api: ApiClient;

beforeAll(async () => {
  const { url } = await server.listen();
  baseUrl = url.origin;
  await server.getWorker().applyD1Migrations('DB');
  api = await ApiClient.signIn(baseUrl, SETTINGS.ADMIN_PASSWORD);
});

afterAll(async () => {
  await server.close();
});

describe('the Stack object, evicted with sockets open', () => {
  it('keeps them, and they miss nothing and get nothing twice', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 5 }, () => openSocket(`${baseUrl.replace('http', 'ws')}/ws`, api.token)),
    );
    await postToIngest(baseUrl, textMessage('before'));
    await server
      .getWorker()
      .evictDurableObject('Stack', { name: 'default', webSockets: 'hibernate' });
    await postToIngest(baseUrl, textMessage('after'));
    for (const { frames } of sockets) {
      await expect
        .poll(() => frames.slice(1).map((frame) => frame['sequence']), { timeout: 10_000 })
        .toEqual([1, 2]);
    }
    for (const socket of sockets) socket.close();
  });
});
