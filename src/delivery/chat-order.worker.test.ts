import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { hasPredecessor, holdBlocked } from '../webhooks/chat-queue.ts';
import { claimDue } from './due-rows.ts';
import {
  answers,
  deliveries,
  eventBell,
  eventOf,
  OK,
  received,
  requests,
  ring,
  rung,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

function subscribeInOrder(): Promise<number> {
  return subscribe('order.test', { on_incoming_message: 1, ordering: 'chat' });
}

/** Rings the slow lane as often as it asks for, as the queue would. */
async function ringUntilQuiet(id: number): Promise<void> {
  for (let bells = 0; bells < 20; bells += 1) {
    rung.splice(0);
    await ring(webhookBell(id));
    if (rung.length === 0) return;
  }
}

/** What failed is due again. */
async function passTime(): Promise<void> {
  await db.run(sql`update deliveries set next_at = 1 where state = 'due' and attempts > 0`);
}

/** Refuses these events, takes the others. */
function refusing(...seqs: number[]): () => Promise<Response> {
  return async () => {
    const seq = Number(requests.at(-1)?.headers.get('waypost-sequence'));
    return seqs.includes(seq) ? STATUS(500)() : OK();
  };
}

describe('a webhook with the order of chats', () => {
  it('gets the events of a chat in order, though they were rung out of order', async () => {
    answers['order.test'] = OK;
    const id = await subscribeInOrder();
    const seqs = [await eventOf('a'), await eventOf('a'), await eventOf('b'), await eventOf('a')];
    for (const seq of seqs.toReversed()) {
      await ring(eventBell(seq));
      await ring(webhookBell(id));
    }
    await ringUntilQuiet(id);
    const inChatA = received().filter((seq) => seq !== seqs[2]);
    expect(inChatA).toEqual([seqs[0], seqs[1], seqs[3]]);
    expect(received()).toHaveLength(4);
  });

  it('gets nothing of a chat before what failed in it, and other chats at once', async () => {
    const id = await subscribeInOrder();
    const head = await eventOf('a');
    const behind = [await eventOf('a'), await eventOf('a')];
    const others = [await eventOf('b'), await eventOf('c')];
    answers['order.test'] = refusing(head);
    await ring(...[head, ...behind, ...others].map(eventBell));
    await ringUntilQuiet(id);
    expect(received()).toEqual([head, ...others]);
    await passTime();
    answers['order.test'] = OK;
    await ringUntilQuiet(id);
    expect(received()).toEqual([head, ...others, head, ...behind]);
    expect(await db.all(sql`select * from chat_queue`)).toEqual([]);
  });

  it('gets what waits behind a delivery that is dead', async () => {
    const id = await subscribeInOrder();
    const [head, behind] = [await eventOf('a'), await eventOf('a')];
    answers['order.test'] = refusing(head);
    await ring(eventBell(head), eventBell(behind));
    await ringUntilQuiet(id);
    await db.run(sql`update deliveries set attempts = 12 where seq = ${head}`);
    await passTime();
    await ringUntilQuiet(id);
    expect(received()).toEqual([head, head, behind]);
    expect(await deliveries()).toMatchObject([{ state: 'dead' }, { state: 'delivered' }]);
  });

  it('keeps an event of several chats behind each of them, and what follows behind it', async () => {
    const id = await subscribeInOrder();
    const [a, both, b] = [await eventOf('a'), await eventOf('a', 'b'), await eventOf('b')];
    answers['order.test'] = refusing(a);
    await ring(...[a, both, b].map(eventBell));
    await ringUntilQuiet(id);
    expect(received()).toEqual([a]);
    await passTime();
    answers['order.test'] = OK;
    await ringUntilQuiet(id);
    expect(received()).toEqual([a, a, both, b]);
  });

  it('keeps the order when it is enabled again', async () => {
    const id = await subscribeInOrder();
    const [head, behind] = [await eventOf('a'), await eventOf('a')];
    answers['order.test'] = refusing(head);
    await ring(eventBell(head), eventBell(behind));
    await ringUntilQuiet(id);
    await db.run(sql`update deliveries set next_at = ${Date.now() + 5_000} where seq = ${head}`);
    await db.run(sql`update deliveries set next_at = 1 where seq = ${behind}`);
    await ringUntilQuiet(id);
    expect(received()).toEqual([head]);
  });

  it('reads a few rows for each delivery, however many chats wait', async () => {
    const id = await subscribeInOrder();
    await db.batch([
      sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
          with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000)
          select 'x' || i, 'waba', 1, '{}', '[]', json_array(json_object('wa_id', 'c' || i)), '[]' from n`,
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
          select ${id}, seq, 'due', 0, 1 from events`,
      sql`insert into chat_queue (webhook_id, chat, seq)
          select ${id}, e.chats->>'$[0].wa_id', e.seq from events e`,
    ]);
    const startedAt = Date.now();
    await db.batch([holdBlocked(id, Date.now())]);
    const subscription = { id, ordering: 'chat' } as const;
    const claims = await claimDue(db, subscription, { now: Date.now(), until: 5, limit: 10 });
    expect(claims).toHaveLength(10);
    expect(Date.now() - startedAt).toBeLessThan(500);
    const plan = await db.all<{ detail: string }>(sql`explain query plan
      select seq from deliveries where webhook_id = ${id} and state = 'due' and ${hasPredecessor()}`);
    const joined = plan.map(({ detail }) => detail).filter((detail) => /SEARCH [pq] /.test(detail));
    expect(joined).toEqual([
      expect.stringContaining('chat_queue_by_seq (seq=? AND webhook_id=?)'),
      expect.stringContaining('(webhook_id=? AND chat=? AND seq<?)'),
    ]);
  });

  it('holds up no chat for long by thousands that wait in another', async () => {
    const id = await subscribeInOrder();
    const head = await eventOf('a');
    answers['order.test'] = refusing(head);
    await ring(eventBell(head));
    await ringUntilQuiet(id);
    await db.run(sql`
      insert into events (id, kind, created_at, extended, fields, chats, incoming)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000)
      select 'x' || i, 'waba', 1, '{}', '[]', '[{"wa_id":"a"}]', '[]' from n`);
    await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
      select ${id}, seq, 'due', 0, 1 from events where seq > ${head}`);
    await db.run(sql`insert into chat_queue (webhook_id, chat, seq)
      select ${id}, 'a', seq from events where seq > ${head}`);
    const other = await eventOf('b');
    await ring(eventBell(other));
    const startedAt = Date.now();
    await ringUntilQuiet(id);
    expect(received()).toEqual([head, other]);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    const due = await db.first(sql`
      select count(*) as count from deliveries where state = 'due' and next_at <= ${Date.now()}`);
    expect(due).toEqual({ count: 0 });
  });
});
