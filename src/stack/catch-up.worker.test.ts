import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { appUser, tokenFor } from '../api/api.test-support.ts';
import { newestSeq } from '../events/event.ts';
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

/** Stores events about a chat that ring no bell; returns the sequence number before them. */
async function storeEvents(count: number, chat = '4910'): Promise<number> {
  const before = await newestSeq(db);
  const chats = JSON.stringify([{ wa_id: chat, assigned_user_id: null, assigned_group_id: null }]);
  const extended = JSON.stringify({ incoming_messages: [{ customer_wa_id: chat }] });
  await db.run(sql`
    insert into events (id, kind, created_at, extended, fields, chats, incoming)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
    select 'stored-' || ${before} || '-' || i, 'waba', ${Date.now()}, ${extended}, '[]', ${chats}, '[]' from n`);
  return before;
}

/** The sequence numbers of the events that a client was sent. */
function sequencesOf({ frames }: Client): unknown[] {
  return frames.filter((frame) => frame['type'] !== 'token').map((frame) => frame['sequence']);
}

function range(after: number, upTo: number): number[] {
  return Array.from({ length: upTo - after }, (_, index) => after + 1 + index);
}

/** What a client that goes on after an event must have been sent: each event once and in order. */
async function allAfter(after: number): Promise<number[]> {
  return range(after, await newestSeq(db));
}

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

afterEach(closeClients);

describe('a socket that says what it saw last', () => {
  it('is welcomed with the newest sequence number, then sent what it missed, in order', async () => {
    const before = await storeEvents(120);
    const client = await signIn({ token, after: before });
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before));
    expect(client.frames[0]).toMatchObject({ status: 'success', sequence: before + 120 });
  });

  it('is sent nothing twice that it said it saw', async () => {
    const before = await storeEvents(3);
    const client = await signIn({ token, after: before + 2 });
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before + 2));
  });

  it('goes on live after it, without seam or repeat', async () => {
    const before = await storeEvents(120);
    const client = await connect();
    const arriving = Promise.all(Array.from({ length: 40 }, () => incoming()));
    client.socket.send(JSON.stringify({ token, after: before }));
    await arriving;
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before));
    const id = await incoming();
    await expect.poll(() => seenBy(client).at(-1)).toBe(id);
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before));
  });

  it('leaves no seam for those who join while events arrive', async () => {
    const before = await storeEvents(30);
    const clients: Client[] = [];
    for (let round = 0; round < 10; round += 1) {
      const arriving = Promise.all([incoming(), incoming()]);
      const client = await connect();
      client.socket.send(JSON.stringify({ token, after: before + round * 3 }));
      clients.push(client);
      await arriving;
    }
    for (const [round, client] of clients.entries())
      await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before + round * 3));
  });

  it('gets all it missed while nobody was connected and the object was evicted', async () => {
    const first = await signIn({ token });
    await incoming();
    await expect.poll(() => sequencesOf(first).length).toBe(1);
    const seen = Number(first.frames.at(-1)?.['sequence']);
    first.socket.close();
    await evictDurableObject(stub);
    const missed = [await incoming(), await incoming()];
    const client = await signIn({ token, after: seen });
    await expect.poll(() => seenBy(client)).toEqual(missed);
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(seen));
  });

  it('goes on where it was when the object is evicted while it catches up', async () => {
    const client = await signIn({ token });
    const before = await storeEvents(60);
    await runInDurableObject(stub, (_object, state) => {
      for (const socket of state.getWebSockets()) {
        const kept = socket.deserializeAttachment();
        if (kept.session === null) continue;
        const session = { ...kept.session, seq: before + 10, isBehind: true };
        socket.serializeAttachment({ ...kept, session });
      }
    });
    await evictDurableObject(stub, { webSockets: 'hibernate' });
    await runDurableObjectAlarm(stub);
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before + 10));
    await incoming();
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(before + 10));
  });

  it('does not make the others wait while it catches up', { timeout: 30_000 }, async () => {
    await storeEvents(10_000);
    const live = await signIn({ token });
    const behind = await connect();
    const isServed = new Promise((resolve) => behind.socket.addEventListener('message', resolve));
    const behindThen = new Promise<number>((resolve) => {
      live.socket.addEventListener('message', () => resolve(sequencesOf(behind).length));
    });
    behind.socket.send(JSON.stringify({ token, after: 0 }));
    await isServed;
    const id = await incoming();
    expect(await behindThen).toBeLessThan(10_000);
    expect(seenBy(live)).toEqual([id]);
    await expect.poll(() => sequencesOf(behind), { timeout: 20_000 }).toEqual(await allAfter(0));
  });

  it.each([
    ['are lost', '[]', null],
    ['cannot be read', '{', '{}'],
  ])('goes on where the contents of an event %s', async (_why, chats, extended) => {
    const before = await storeEvents(1);
    await db.run(sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
      values ('lost', 'waba', ${Date.now()}, ${extended}, '[]', ${chats}, '[]')`);
    await storeEvents(1);
    const client = await signIn({ token, after: before });
    await expect.poll(() => sequencesOf(client)).toEqual([before + 1, before + 3]);
  });

  it('gets only what its user may read', async () => {
    const user = await appUser(token, 'catch-up-limited');
    await db.run(sql`update users set can_read_chats = 'user' where id = ${user.id}`);
    const before = await newestSeq(db);
    await incoming('makes the chat', '49333');
    await db.run(sql`update chats set assigned_user_id = ${user.id} where wa_id = '49333'`);
    await storeEvents(60, '49444');
    const own = await incoming('own', '49333');
    const secret = await incoming('secret', '49444');
    const client = await signIn({ token: user.token, after: before });
    await expect.poll(() => seenBy(client)).toEqual([own]);
    const live = await incoming('live', '49333');
    await expect.poll(() => seenBy(client)).toEqual([own, live]);
    expect(JSON.stringify(client.frames)).not.toMatch(`secret|49444|${secret}"`);
  });

  it('counts what is not there yet as the newest', async () => {
    await incoming();
    const newest = await newestSeq(db);
    const client = await signIn({ token, after: newest + 1_000_000 });
    await incoming();
    await expect.poll(() => sequencesOf(client)).toEqual(await allAfter(newest));
  });

  it.each([-1, 1.5, '5', null, 1e300, true, {}])(
    'is answered with bad_request for %j as after, and may try again',
    async (after) => {
      const client = await signIn({ token, after });
      expect(client.frames).toEqual([
        {
          type: 'response',
          status: 'bad_request',
          message: 'Expecting a whole number from 0 on as "after".',
        },
      ]);
      client.socket.send(JSON.stringify({ token }));
      await expect.poll(() => client.frames.at(-1)).toMatchObject({ status: 'success' });
    },
  );
});

describe('a frame of an event', () => {
  it('carries the sequence number beside its type and payload, both of our own events the same', async () => {
    const client = await signIn({ token });
    await db.run(sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
      values ('own-event', 'outgoing', 1, '{"outgoing_messages":[]}', '[]', '[]', '[]')`);
    const sequence = await newestSeq(db);
    await incoming();
    await expect
      .poll(() => client.frames.slice(1))
      .toMatchObject([
        { type: 'waba_webhook', sequence, waba_payload: { outgoing_messages: [] } },
        { type: 'getchat_webhook', sequence, waba_payload: { outgoing_messages: [] } },
        {
          type: 'waba_webhook',
          sequence: sequence + 1,
          waba_payload: { object: expect.any(String) },
        },
      ]);
  });
});

describe('a client that shows its token again', () => {
  it('goes on where it was', async () => {
    const client = await signIn({ token });
    const before = await storeEvents(2);
    client.socket.send(JSON.stringify({ token }));
    await expect.poll(() => sequencesOf(client)).toEqual(range(before, before + 2));
  });
});
