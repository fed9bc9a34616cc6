import { env, exports } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appUser, tokenFor } from '../api/api.test-support.ts';
import { openStack } from '../store/open-stack.ts';
import { closeClients, incoming, signIn, type Client } from './sockets.test-support.ts';

const { db } = openStack(env, 'default');
let admin: string;
let agent: { id: number; token: string };
let chat: string;

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  agent = await appUser(admin, 'watcher');
  await incoming();
  const row = await db.first<{ wa_id: string }>(sql`select wa_id from chats`);
  chat = row?.wa_id ?? '';
});

beforeEach(async () => {
  await db.run(sql`update users set is_active = 1, can_read_chats = 'all' where id = ${agent.id}`);
  await db.run(
    sql`update chats set assigned_user_id = null, assigned_group_id = null, resolved = 0`,
  );
});

afterEach(closeClients);

async function patch(path: string, json: object): Promise<void> {
  const response = await exports.default.fetch(`http://localhost/api/v1/${path}`, {
    method: 'PATCH',
    headers: { Authorization: `Token ${admin}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(json),
  });
  expect(response.status).toBe(200);
}

const assign = (json: object): Promise<void> => patch(`chat_assignment/${chat}/`, json);
const changeAgent = (json: object): Promise<void> => patch(`users/${agent.id}/`, json);

/** What the newer clients of the inbox are told, by its names. */
function toldTo(client: Client): string[] {
  return client.frames.flatMap((frame) => {
    const { type, waba_payload: payload } = frame as { type: string; waba_payload?: object };
    return type === 'getchat_webhook' ? Object.keys(payload ?? {}) : [];
  });
}

describe('what is done in the inbox', () => {
  it('comes over websockets at once', async () => {
    const client = await signIn({ token: agent.token });
    await assign({ assigned_group: 2 });
    await patch(`chats/${chat}/resolve`, { resolved: true });
    await patch(`users/${agent.id}/availability`, { is_available: false });
    await patch(`users/${agent.id}/availability`, { is_available: true });
    await expect
      .poll(() => toldTo(client))
      .toEqual(['chat_assignment', 'chat_resolved', 'user_availability', 'user_availability']);
  });

  it('tells an assignee what the chat holds, and the one before that it is gone', async () => {
    await changeAgent({ permissions: { can_read_chats: 'user' } });
    const [theirs, others] = await Promise.all([
      signIn({ token: agent.token }),
      signIn({ token: admin }),
    ]);
    await patch(`chats/${chat}/resolve`, { resolved: true });
    await assign({ assigned_to_user: agent.id });
    await assign({ assigned_to_user: null });
    await patch(`chats/${chat}/resolve`, { resolved: false });
    await expect
      .poll(() => toldTo(others))
      .toEqual(['chat_resolved', 'chat_assignment', 'chat_assignment', 'chat_resolved']);
    await expect
      .poll(() => toldTo(theirs))
      .toEqual(['chat_assignment', 'assigned_messages', 'chat_assignment']);
  });
});

describe('a user whose rights change', () => {
  it('is told by their new rights from then on, over the websocket that is open', async () => {
    const [theirs, others] = await Promise.all([
      signIn({ token: agent.token }),
      signIn({ token: admin }),
    ]);
    await assign({ assigned_group: 2 });
    await expect.poll(() => toldTo(theirs)).toEqual(['chat_assignment']);
    await changeAgent({ permissions: { can_read_chats: 'none' } });
    await assign({ assigned_group: 3 });
    await expect.poll(() => toldTo(others)).toHaveLength(2);
    await changeAgent({ permissions: { can_read_chats: 'all' } });
    await patch(`chats/${chat}/resolve`, { resolved: true });
    await expect.poll(() => toldTo(theirs)).toEqual(['chat_assignment', 'chat_resolved']);
    expect(theirs.closed).toBeUndefined();
  });

  it('is signed out when deactivated', async () => {
    const client = await signIn({ token: agent.token });
    await changeAgent({ is_active: false });
    await expect.poll(() => client.closed).toBe(1008);
  });
});
