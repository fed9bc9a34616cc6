import { beforeAll, describe, expect, it } from 'vitest';
import { clearInbox, seedChat, seedMessages } from '../inbox/seed.test-support.ts';
import { ensureFirstAdmin } from '../auth/first-admin.ts';
import { call, stackUnderTest } from './api.test-support.ts';

/** The steps of the document's chapter "Getting started", as a client takes them. */
describe('getting started', () => {
  let headers: Record<string, string>;

  beforeAll(async () => {
    await clearInbox();
    const { config, db, files } = stackUnderTest();
    await ensureFirstAdmin({ config, db, files });
    await seedChat('48500500500', { name: 'Ada' });
    const timestamps = [1_612_544_980, 1_612_544_981, 1_612_544_982];
    await seedMessages(timestamps.map((timestamp) => ({ chat: '48500500500', timestamp })));
  });

  it('obtains a token by username and password', async () => {
    const { status, text } = await call('POST', '/api/v1/auth/token/', {
      body: '{"username": "admin", "password": "admin"}',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    });
    expect(status).toBe(200);
    const { token } = JSON.parse(text);
    expect(token).toMatch(/^[0-9a-f]{40}$/);
    headers = { Authorization: `Token ${token}`, Accept: 'application/json' };
  });

  it('sees in the chats how many messages are new, and where', async () => {
    const { body } = await call('GET', '/api/v1/chats/', { headers });
    expect(body).toMatchObject({ results: [{ wa_id: '48500500500', new_messages: 3 }] });
  });

  it('reads a page of a chat’s messages, then the one before it', async () => {
    const path = '/api/v1/messages/?wa_id=48500500500&limit=1';
    const newest = await call('GET', path, { headers });
    expect(newest.body).toMatchObject({
      count: 3,
      next: expect.stringContaining('/api/v1/messages/?'),
      previous: null,
      results: [
        {
          waba_payload: { timestamp: '1612544982' },
          customer_wa_id: '48500500500',
          from_us: false,
          received: false,
          sender: null,
        },
      ],
    });
    const older = await call('GET', `${path}&before_time=1612544982`, { headers });
    expect(older.body).toMatchObject({ results: [{ waba_payload: { timestamp: '1612544981' } }] });
  });

  it('marks them as received, and none is new any more', async () => {
    const json = { timestamp: 1_612_544_982, customer_wa_id: '48500500500' };
    await call('POST', '/api/v1/mark_as_received/', { headers, json });
    const { body } = await call('GET', '/api/v1/chats/', { headers });
    expect(body).toMatchObject({ results: [{ wa_id: '48500500500', new_messages: 0 }] });
  });
});
