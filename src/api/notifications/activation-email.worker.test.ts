import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mail } from '../../inbox/notifications/activation-mail.ts';
import type { ApiEnv } from '../api-env.ts';
import { appUser, call, stackUnderTest, tokenFor } from '../api.test-support.ts';
import { createApi } from '../app.ts';

const PATH = '/api/v1/notifications/email/activation/';
const USERS = '/api/v1/users/';
const stack = stackUnderTest();
const { db } = stack;

/** Where no e-mail arrives. */
const REFUSED = 'refused@example.com';

let admin: string;
let bot: string;
let sent: (Mail & { from: string })[] = [];
let problem: Error | undefined;

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = (await appUser(admin, 'bot')).token;
});

beforeEach(async () => {
  sent = [];
  problem = undefined;
  const added = sql`username in ('newcomer', 'another', 'silent')`;
  await db.batch([
    sql`delete from user_groups where user_id in (select id from users where ${added})`,
    sql`delete from users where ${added}`,
  ]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const EMAIL = {
  send: async (mail: Mail & { from: string }) => {
    if (problem !== undefined) throw problem;
    if (mail.to === REFUSED) throw new Error('no such mailbox');
    sent.push(mail);
    return { messageId: '1' };
  },
};

/** Posts to a stack that sends e-mail. */
async function post(path: string, json: object, token = admin) {
  const config = { ...stack.config, emailFrom: 'inbox@shop.example' };
  const app = new Hono<ApiEnv>()
    .use(async (c, next) => {
      c.set('stack', { ...stack, config });
      await next();
    })
    .route('/', createApi());
  const context = createExecutionContext();
  const headers = { Authorization: `Token ${token}`, 'Content-Type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(json) };
  const request = new Request(`https://inbox.example${path}`, init);
  const response = await app.fetch(request, { ...env, EMAIL }, context);
  const body: Record<string, unknown> = await response.json();
  await waitOnExecutionContext(context);
  return { status: response.status, body };
}

/** Makes a user and forgets the e-mail about it; returns the id. */
async function newcomer(email = 'new@example.com', username = 'newcomer'): Promise<number> {
  const { body } = await post(USERS, { username, email });
  sent = [];
  return Number(body['id']);
}

function linkIn(mail: Mail | undefined): string {
  return /https:\/\/\S+\/activate\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
}

async function isActive(id: number): Promise<boolean> {
  const row = await db.first<{ is_active: number }>(
    sql`select is_active from users where id = ${id}`,
  );
  return row?.is_active === 1;
}

describe('a new user with an address', () => {
  it('is sent the link that the answer has', async () => {
    const { body } = await post(USERS, {
      username: 'newcomer',
      first_name: 'Nora\n\nhttps://evil.example',
      email: 'new@example.com',
    });
    expect(sent).toEqual([
      {
        from: 'inbox@shop.example',
        to: 'new@example.com',
        subject: 'Your account at inbox.example',
        text: expect.stringContaining('Hello Nora https://evil.example,'),
      },
    ]);
    expect(linkIn(sent[0])).toBe(body['activation_url']);
  });

  it('is made, too, where the e-mail is refused', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    problem = new Error('not a verified sender');
    const json = { username: 'newcomer', email: 'new@example.com' };
    expect(await post(USERS, json)).toMatchObject({ status: 201 });
    expect(logged).toHaveBeenCalledTimes(1);
    expect(String(logged.mock.calls[0])).not.toContain('new@example.com');
  });
});

it('a new user without an address is sent nothing', async () => {
  expect(await post(USERS, { username: 'newcomer' })).toMatchObject({ status: 201 });
  expect(sent).toEqual([]);
});

describe('POST /notifications/email/activation/', () => {
  it('sends another link, which takes the place of the one before', async () => {
    const { body: made } = await post(USERS, { username: 'newcomer', email: 'new@example.com' });
    const id = Number(made['id']);
    sent = [];
    const answer = await post(PATH, { user: id });
    expect(answer).toEqual({ status: 200, body: {} });
    expect((await call('GET', String(made['activation_url']))).status).toBe(404);
    expect((await call('GET', linkIn(sent[0]))).status).toBe(200);
    expect(await isActive(id)).toBe(true);
  });

  it('needs no user where only one waits', async () => {
    await newcomer();
    expect(await post(PATH, {})).toMatchObject({ status: 200 });
    expect(sent.map(({ to }) => to)).toEqual(['new@example.com']);
  });

  it('goes to all who wait where nobody is named, with a link for each', async () => {
    const ids = [await newcomer(), await newcomer('other@example.com', 'another')];
    await newcomer('', 'silent');
    expect(await post(PATH, {})).toEqual({ status: 200, body: {} });
    expect(sent.map(({ to }) => to)).toEqual(['new@example.com', 'other@example.com']);
    for (const mail of sent) expect((await call('GET', linkIn(mail))).status).toBe(200);
    expect(await Promise.all(ids.map(isActive))).toEqual([true, true]);
  });

  it('goes to those whom it can reach, says how many it could not, and leaves their links', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await newcomer();
    const { body: made } = await post(USERS, { username: 'another', email: REFUSED });
    sent = [];
    expect(await post(PATH, {})).toMatchObject({
      status: 503,
      body: { reason: '1 of 2 e-mails could not be sent.' },
    });
    expect((await call('GET', linkIn(sent[0]))).status).toBe(200);
    expect((await call('GET', String(made['activation_url']))).status).toBe(200);
  });

  it.each([
    ['nobody', 0, 'There is no such user.'],
    ['someone active', 1, 'This user is active.'],
    ['a text', 'x', 'A valid integer is required.'],
  ])('refuses %s', async (_who, user, sentence) => {
    await newcomer();
    expect(await post(PATH, { user })).toEqual({
      status: 400,
      body: { user: [sentence], reason: expect.any(String) },
    });
    expect(sent).toEqual([]);
  });

  it('does not let in again who was deactivated', async () => {
    const id = await newcomer();
    await db.run(sql`update users set activation_hash = null where id = ${id}`);
    expect(await post(PATH, { user: id })).toMatchObject({
      status: 400,
      body: { user: ['This user was deactivated.'] },
    });
  });

  it('refuses a user without an address', async () => {
    const id = await newcomer('');
    expect(await post(PATH, { user: id })).toMatchObject({
      status: 400,
      body: { user: ['This user has no e-mail address.'] },
    });
  });

  it('is for admins only', async () => {
    const id = await newcomer();
    expect(await post(PATH, { user: id }, bot)).toMatchObject({ status: 403 });
    expect(sent).toEqual([]);
  });

  it('leaves the link before as it was where the e-mail is refused', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { body: made } = await post(USERS, { username: 'newcomer', email: 'new@example.com' });
    problem = new Error('away');
    expect(await post(PATH, {})).toMatchObject({
      status: 503,
      body: { reason: 'The e-mail could not be sent.' },
    });
    expect((await call('GET', String(made['activation_url']))).status).toBe(200);
  });

  it('says where no e-mail is set up', async () => {
    const user = await newcomer();
    const request = { token: admin, json: { user } };
    expect(await call('POST', PATH, request)).toMatchObject({
      status: 503,
      body: { reason: 'E-mail is not set up here.' },
    });
  });
});
