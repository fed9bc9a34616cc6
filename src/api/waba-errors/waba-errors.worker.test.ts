import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import {
  clearInbox,
  seedChat,
  seedMessages,
  seedUser,
  stack,
} from '../../inbox/seed.test-support.ts';
import { askWhatsApp } from '../whatsapp.test-support.ts';

const { db } = stack;

let admin: User;
let agent: User;

beforeEach(async () => {
  await clearInbox();
  await db.run(sql`delete from waba_errors`);
  admin = await seedUser('admin', { role: 'admin' });
  agent = await seedUser('agent', { canReadChats: 'user' });
  await seedChat('491', { assignedUserId: agent.id });
  await seedMessages([
    { chat: '491', timestamp: 1, id: 'mine', fromUs: true },
    { chat: '492', timestamp: 1, id: 'theirs', fromUs: true },
  ]);
  await db.run(sql`
    insert into waba_errors (id, message_id, waba_id, payload, timestamp) values
      (1, 'mine', 'wamid.1', '{"code":1}', 10), (2, 'theirs', 'wamid.2', '{"code":2}', 20),
      (3, null, null, '{"code":3}', 30), (4, 'removed', 'wamid.4', '{"code":4}', 40)`);
});

async function ids(user: User, query = ''): Promise<unknown> {
  const { body } = await askWhatsApp(user, 'GET', `/errors/waba/${query}`);
  return [body['count'], (body['results'] as { id: number }[]).map(({ id }) => id)];
}

describe("WABA's errors", () => {
  it('are listed newest first, in parts', async () => {
    expect(await ids(admin)).toEqual([4, [4, 3, 2, 1]]);
    expect(await ids(admin, '?limit=2&offset=1')).toEqual([4, [3, 2]]);
  });

  it.each([
    [{ code: 1 }, {}],
    [{ errors: [{ code: 1 }] }, {}],
    [
      { id: 'wamid.1', status: 'failed', errors: [{ code: 1 }] },
      { id: 'wamid.1', status: 'failed' },
    ],
  ])('have one shape, in whichever they came: %j', async (payload, more) => {
    await db.run(sql`update waba_errors set payload = ${JSON.stringify(payload)} where id = 1`);
    const text = 'Unknown error';
    const error = { code: 1, title: text, message: text, details: text };
    const { body } = await askWhatsApp(admin, 'GET', '/errors/waba/1/');
    expect(body['waba_payload']).toEqual({ ...more, errors: [error] });
  });

  it('are shown with the ids of the message', async () => {
    expect((await askWhatsApp(admin, 'GET', '/errors/waba/1/')).body).toEqual({
      id: 1,
      waba_payload: { errors: [expect.objectContaining({ code: 1 })] },
      timestamp: 10,
      waba_id: 'wamid.1',
      getchat_id: 'mine',
    });
  });

  it('are hidden where they are about chats that one may not read, or about none', async () => {
    expect(await ids(agent)).toEqual([1, [1]]);
    const status = async (id: string) =>
      (await askWhatsApp(agent, 'GET', `/errors/waba/${id}/`)).status;
    expect(await Promise.all(['1', '2', '3', '4'].map(status))).toEqual([200, 404, 404, 404]);
    expect(await ids({ ...agent, canReadChats: 'none' })).toEqual([0, []]);
  });

  it.each(['9', 'x', '-1'])('are not found as %s', async (id) => {
    expect((await askWhatsApp(admin, 'GET', `/errors/waba/${id}/`)).status).toBe(404);
  });

  it('cannot be written', async () => {
    expect((await askWhatsApp(admin, 'POST', '/errors/waba/', { json: {} })).status).toBe(405);
  });
});
