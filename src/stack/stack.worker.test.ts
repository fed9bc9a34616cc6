import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { appUser, tokenFor } from '../api/api.test-support.ts';
import { openStack } from '../store/open-stack.ts';
import {
  closeClients,
  connect,
  incoming,
  seenBy,
  signIn,
  type Client,
} from './sockets.test-support.ts';

const { db } = openStack(env, 'default');
const stub = env.STACK.getByName('default');
let token: string;

function signedIn(as = token): Promise<Client> {
  return signIn({ token: as });
}

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

afterEach(closeClients);

describe('the websocket protocol', () => {
  it('welcomes a right token and says how far the events are', async () => {
    await incoming();
    const newest = await db.first<{ seq: number }>(sql`select max(seq) as seq from events`);
    expect((await signedIn()).frames).toEqual([
      { type: 'token', status: 'success', message: 'Welcome, admin!', sequence: newest?.seq },
    ]);
  });

  it('refuses a wrong token and lets the client try again', async () => {
    const client = await signedIn('nonsense');
    expect(client.frames).toEqual([
      { type: 'token', status: 'failed', message: 'Token matching query does not exist.' },
    ]);
    client.socket.send(JSON.stringify({ token }));
    await expect.poll(() => client.frames.at(-1)).toMatchObject({ status: 'success' });
  });

  it('closes after three wrong tokens', async () => {
    const client = await connect();
    for (const wrong of ['a', 'b', 'c']) client.socket.send(JSON.stringify({ token: wrong }));
    await expect.poll(() => client.closed).toBe(1008);
  });

  it.each(['', 'x', '[]', '{}', '{"token":5}', '{"token":""}', 'null'])(
    'answers %j with bad_request',
    async (frame) => {
      const client = await connect();
      client.socket.send(frame);
      await expect
        .poll(() => client.frames)
        .toMatchObject([{ type: 'response', status: 'bad_request', message: expect.any(String) }]);
    },
  );

  it('answers a ping', async () => {
    const client = await connect();
    client.socket.send('ping');
    await expect.poll(() => client.frames).toEqual([{ pong: true }]);
  });

  it('is served at the root of a websockets- host and not at other roots', async () => {
    expect((await connect('http://websockets-acme.localhost/')).socket).toBeDefined();
    const response = await exports.default.fetch('http://localhost/', {
      headers: { upgrade: 'websocket' },
    });
    expect(response.webSocket).toBeNull();
  });

  it('tells a client that is no websocket what to do', async () => {
    expect((await exports.default.fetch('http://localhost/ws')).status).toBe(426);
  });
});

describe('a signed-in socket', () => {
  it('gets the envelope of WABA and the get.chat lists, whose message is not received by that', async () => {
    const client = await signedIn();
    const id = await incoming('Hello');
    await expect.poll(() => seenBy(client)).toEqual([id]);
    expect(client.frames[1]).toMatchObject({
      type: 'waba_webhook',
      waba_payload: {
        object: 'whatsapp_business_account',
        entry: [{ changes: [{ value: { messages: [{ id }] } }] }],
        incoming_messages: [{ waba_payload: { id }, received: false }],
      },
    });
    expect(await db.all(sql`select * from marks`)).toEqual([]);
  });

  it('gets nothing from before it signed in', async () => {
    await incoming();
    const client = await signedIn();
    const id = await incoming();
    await expect.poll(() => seenBy(client)).toEqual([id]);
  });

  it('gets nothing before it signs in', async () => {
    const stranger = await connect();
    const client = await signedIn();
    await incoming();
    await expect.poll(() => seenBy(client).length).toBe(1);
    expect(stranger.frames).toEqual([]);
  });

  it('gets everything once and in order when much comes at once', async () => {
    const client = await signedIn();
    const sent = await Promise.all(Array.from({ length: 60 }, () => incoming()));
    const inOrder = await db.all<{ waba_id: string }>(sql`
      select m.waba_id from events e join json_each(e.incoming) j join messages m on m.id = j.value
      where m.waba_id in (select value from json_each(${JSON.stringify(sent)})) order by e.seq`);
    await expect.poll(() => seenBy(client)).toEqual(inOrder.map((row) => row.waba_id));
  });

  it('goes on where it was when the object is evicted', async () => {
    const client = await signedIn();
    const before = await incoming();
    await expect.poll(() => seenBy(client)).toEqual([before]);
    await evictDurableObject(stub, { webSockets: 'hibernate' });
    const after = await incoming();
    await expect.poll(() => seenBy(client)).toEqual([before, after]);
  });

  it('gets by the alarm what a lost bell did not tell', async () => {
    const client = await signedIn();
    await db.run(sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
      values ('lost', 'outgoing', 1, '{"outgoing_messages":[]}', '[]', '[]', '[]')`);
    await runDurableObjectAlarm(stub);
    await expect
      .poll(() => client.frames.map((frame) => frame['type']))
      .toEqual(['token', 'waba_webhook', 'getchat_webhook']);
  });

  it('is closed when its token is reset', async () => {
    const user = await appUser(token, 'socket-reset');
    const client = await signedIn(user.token);
    await exports.default.fetch('http://localhost/api/v1/auth/token/reset/', {
      method: 'POST',
      headers: { authorization: `Token ${user.token}` },
    });
    await expect.poll(() => client.closed).toBe(1008);
  });

  it('is closed by the alarm when its user was deactivated, should the bell be lost', async () => {
    const user = await appUser(token, 'socket-inactive');
    const client = await signedIn(user.token);
    await db.run(sql`update users set is_active = 0 where username = 'socket-inactive'`);
    await runDurableObjectAlarm(stub);
    await expect.poll(() => client.closed).toBe(1008);
  });
});

describe('a socket of someone who may not read all chats', () => {
  it('gets the messages of the chats they may read and nothing of the others', async () => {
    const user = await appUser(token, 'socket-limited');
    await db.run(sql`update users set can_read_chats = 'user' where username = 'socket-limited'`);
    await incoming('makes the chat', '49111');
    await incoming('makes the chat', '49222');
    await db.run(
      sql`update chats set assigned_user_id = (select id from users where username = 'socket-limited') where wa_id = '49111'`,
    );
    const client = await signedIn(user.token);
    await incoming('secret', '49222');
    const own = await incoming('own', '49111');
    await expect.poll(() => seenBy(client)).toEqual([own]);
    expect(JSON.stringify(client.frames)).not.toContain('secret');
  });
});
