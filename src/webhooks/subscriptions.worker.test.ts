import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FULL_RIGHTS, insertUser } from '../auth/insert-user.ts';
import { findUser, type User } from '../auth/user.ts';
import { openStack } from '../store/open-stack.ts';
import type { WebhookDraft } from './check-webhook.ts';
import { createWebhook } from './create-webhook.ts';
import { SUBSCRIPTION } from './subscription.test-support.ts';
import { loadSubscriptions } from './subscriptions.ts';
import { updateWebhook } from './update-webhook.ts';
import type { Webhook } from './webhook.ts';

const stack = openStack(env, 'default');
const { db, config } = stack;
const POLICY = { allowPrivate: false, ownHosts: [], dialects: {} };
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ANN = 102;

async function ann(): Promise<User> {
  const user = await findUser(db, ANN);
  if (user === undefined) throw new Error('no such user');
  return user;
}

async function make(draft: Partial<WebhookDraft> = {}): Promise<Webhook> {
  const headers = { Authorization: 'Token abc' };
  const whole = { url: 'https://example.com/hook', headers, ...draft };
  return createWebhook(stack, await ann(), whole, SECRET, POLICY);
}

beforeEach(async () => {
  const user = {
    ...FULL_RIGHTS,
    username: 'ann',
    firstName: '',
    lastName: '',
    email: '',
    role: 'app',
    isActive: true,
    passwordHash: null,
    activationHash: null,
  } as const;
  await db.batch([
    sql`delete from users`,
    sql`delete from user_groups`,
    sql`delete from webhooks`,
    ...insertUser(config, ANN, user),
  ]);
});

afterEach(() => vi.restoreAllMocks());

describe('what delivery needs of the webhooks', () => {
  it('is the enabled ones, opened, with what their users may see', async () => {
    const { id } = await make({
      onCloudApi: true,
      fields: ['messages'],
      onAssigned: true,
      schedule: 'long',
    });
    await make({ isEnabled: false });
    await db.run(sql`update users set can_read_chats = 'group' where id = ${ANN}`);
    await db.run(sql`insert into user_groups (user_id, group_id) values (${ANN}, 1)`);
    await db.run(sql`update webhooks set since_seq = 4, slow_since = 9 where id = ${id}`);
    const [subscription, ...others] = await loadSubscriptions(stack);
    expect(others).toEqual([]);
    expect(subscription).toEqual({
      ...SUBSCRIPTION,
      id,
      userId: ANN,
      username: 'ann',
      isOwnerActive: true,
      canReadChats: 'group',
      groupIds: [1, 3],
      url: 'https://example.com/hook',
      headers: { Authorization: 'Token abc' },
      secrets: [SECRET],
      schedule: 'long',
      onIncomingMessage: false,
      onOutgoingMessage: false,
      onAssigned: true,
      onCloudApi: true,
      fields: ['messages'],
      sinceSeq: 4,
      slowSince: 9,
      probeAt: null,
      isUnreadable: false,
    });
  });

  it('says that a user was deactivated', async () => {
    await make();
    await db.run(sql`update users set is_active = 0 where id = ${ANN}`);
    expect(await loadSubscriptions(stack)).toMatchObject([{ isOwnerActive: false }]);
  });

  it('is read by one query and decrypted once', async () => {
    await make();
    await make();
    await loadSubscriptions(stack);
    const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
    const query = vi.spyOn(db, 'all');
    expect(await loadSubscriptions(stack)).toHaveLength(2);
    expect([query.mock.calls.length, decrypt.mock.calls.length]).toEqual([1, 0]);
  });

  it('has new headers as soon as they are stored', async () => {
    const { id } = await make();
    await loadSubscriptions(stack);
    await updateWebhook(stack, await ann(), id, { headers: { 'X-B': '2' } }, POLICY);
    expect(await loadSubscriptions(stack)).toMatchObject([{ headers: { 'X-B': '2' } }]);
  });

  it('tells and logs what cannot be opened, without its contents', async () => {
    const { id } = await make();
    const { id: whole } = await make();
    await db.run(sql`update webhooks set headers = 'v1.broken' where id = ${id}`);
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await loadSubscriptions(stack)).toMatchObject([
      { id, isUnreadable: true, headers: {}, secrets: [] },
      { id: whole, isUnreadable: false },
    ]);
    expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
      event: 'webhook_unreadable',
      webhook: id,
    });
  });
});
