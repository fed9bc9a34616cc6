import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import type { FcmServiceAccount } from '../../fcm-service-account.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { clearInbox, seedChat, seedMessages, seedUser, stack } from '../seed.test-support.ts';
import { registerFcmToken } from './fcm-tokens.ts';
import { pushEvent } from './push-event.ts';
import {
  badRequest,
  claimsOf,
  fakeGoogle,
  newAccount,
  unregistered,
  type FakeGoogle,
} from './push.test-support.ts';

const { db } = stack;
const ADA = '48111111111';
const NOW = Date.UTC(2026, 0, 1);

let pushing: StackContext;
let fcm: FcmServiceAccount;
let google: FakeGoogle;
let ann: User;
let ben: User;

beforeEach(async () => {
  await clearInbox();
  for (const table of ['fcm_tokens', 'events']) await db.run(sql.raw(`delete from ${table}`));
  fcm = await newAccount();
  pushing = { ...stack, config: { ...stack.config, fcm } };
  google = fakeGoogle();
  ann = await seedUser('ann');
  ben = await seedUser('ben', { canReadChats: 'user' });
  await seedChat(ADA, { name: 'Ada' });
  await registerFcmToken(db, ann, "ann's phone", 1);
  await registerFcmToken(db, ben, "ben's phone", 1);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Writes the event of these messages; returns its sequence number. */
async function eventOf(ids: readonly string[], createdAt = NOW): Promise<number> {
  const row = await db.first<{ seq: number }>(sql`
    insert into events (id, kind, created_at, body, extended, fields, chats, incoming)
    values (${crypto.randomUUID()}, 'waba', ${createdAt}, '{}', '{}', '[]', '[]', ${JSON.stringify(ids)})
    returning seq`);
  return row?.seq ?? 0;
}

async function push(...texts: string[]): Promise<void> {
  const messages = texts.map((text) => ({
    id: crypto.randomUUID(),
    chat: ADA,
    timestamp: 1,
    text,
  }));
  await seedMessages(messages);
  await pushEvent(pushing, await eventOf(messages.map(({ id }) => id)), NOW);
}

function told(): string[] {
  return google.pushed.map(({ token }) => token).toSorted();
}

async function devices(): Promise<string[]> {
  const rows = await db.all<{ token: string }>(sql`select token from fcm_tokens order by token`);
  return rows.map(({ token }) => token);
}

describe("a customer's message", () => {
  it('is shown by the devices of those who may read the chat', async () => {
    await push('Is it open?');
    expect(google.pushed).toEqual([
      expect.objectContaining({
        token: "ann's phone",
        notification: { title: 'Ada', body: 'Is it open?' },
        data: { type: 'incoming_message', wa_id: ADA, getchat_id: expect.any(String) },
      }),
    ]);
  });

  it('is shown by a device of whom the chat is assigned to', async () => {
    await db.run(sql`update chats set assigned_user_id = ${ben.id}`);
    await push('Hello');
    expect(told()).toEqual(["ann's phone", "ben's phone"]);
  });

  it('is not shown to those who were deactivated', async () => {
    await db.run(sql`update users set is_active = 0`);
    await push('Hello');
    expect(told()).toEqual([]);
  });

  it('stands for the others of its chat that came with it', async () => {
    await push('one', 'two', 'three');
    expect(google.pushed.map(({ notification }) => notification.body)).toEqual(['three']);
  });

  it('is no news after a while', async () => {
    await seedMessages([{ id: 'late', chat: ADA, timestamp: 1 }]);
    await pushEvent(pushing, await eventOf(['late'], NOW - 11 * 60_000), NOW);
    expect(google.tokenRequests).toEqual([]);
  });

  it('is shown by nobody where no service account is set', async () => {
    await seedMessages([{ id: 'quiet', chat: ADA, timestamp: 1 }]);
    await pushEvent(stack, await eventOf(['quiet']), NOW);
    expect(google.tokenRequests).toEqual([]);
  });
});

describe('what Google is asked with', () => {
  it('is a signed assertion, then one access token while it holds', async () => {
    await push('one');
    await push('two');
    const [request, ...more] = google.tokenRequests;
    expect(more).toEqual([]);
    const form = new URLSearchParams(request?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const claims = await claimsOf(form.get('assertion') ?? '');
    expect(claims).toMatchObject({
      iss: fcm.clientEmail,
      aud: fcm.tokenUrl,
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3_600);
    expect(google.authorizations).toEqual(['Bearer access-1', 'Bearer access-1']);
  });

  it('is another access token where one is refused', async () => {
    google.answers["ann's phone"] = new Response('{}', { status: 401 });
    await push('Hello');
    expect(google.authorizations).toEqual(['Bearer access-1', 'Bearer access-2']);
    expect(told()).toEqual(["ann's phone"]);
  });
});

describe('a device', () => {
  it('whose token Firebase never gave out is forgotten', async () => {
    google.answers["ann's phone"] = badRequest('message.token');
    await push('Hello');
    expect(await devices()).toEqual(["ben's phone"]);
  });

  it('that Firebase knows no longer is forgotten', async () => {
    await registerFcmToken(db, ann, "ann's tablet", 1);
    google.answers["ann's phone"] = unregistered();
    await push('Hello');
    expect(told()).toEqual(["ann's tablet"]);
    expect(await devices()).toEqual(["ann's tablet", "ben's phone"]);
  });

  it.each([
    ['a failure of Firebase', () => new Response('{}', { status: 503 })],
    ['a note that Firebase does not take', () => badRequest('message.data')],
    ['a wrong project', () => Response.json({ error: { status: 'NOT_FOUND' } }, { status: 404 })],
    ['no network', () => new Error('connection lost')],
  ])('is kept after %s, which is logged without its token', async (_what, answer) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    google.answers["ann's phone"] = answer();
    await push('Hello');
    expect(await devices()).toContain("ann's phone");
    expect(logged).toHaveBeenCalledTimes(1);
    expect(String(logged.mock.calls[0])).toContain('push_failed');
    expect(String(logged.mock.calls[0])).not.toContain('phone');
  });
});
