import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  answers,
  deliveries,
  event,
  eventBell,
  OK,
  requests,
  ring,
  stack,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

/** An event whose row cannot be read, between two that can. */
async function threeWithPoison(): Promise<[number, number, number]> {
  const seqs: [number, number, number] = [await event(), await event(), await event()];
  await db.run(sql`update events set chats = '{' where seq = ${seqs[1]}`);
  return seqs;
}

function received(): number[] {
  return requests.map(({ headers }) => Number(headers.get('waypost-sequence')));
}

describe('an event whose row cannot be read', () => {
  it('is parked as a dead letter, and the events around it are delivered', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const [first, poison, last] = await threeWithPoison();
    const rung = await ring(eventBell(first), eventBell(poison), eventBell(last));
    expect(rung).toEqual({ acked: ['0', '1', '2'], retried: [] });
    expect(received()).toEqual([first, last]);
    expect(await db.all(sql`select message from dead_letters`)).toEqual([
      { message: JSON.stringify({ kind: 'event', seq: poison }) },
    ]);
    expect(await db.all(sql`select seq from events where open = 1`)).toEqual([]);
  });

  it('ends its delivery in the slow lane as dead, and those behind it go on', async () => {
    answers['ok.test'] = OK;
    const id = await subscribe('ok.test', { on_cloud_api: 1, slow_since: 1 });
    const seqs = await threeWithPoison();
    await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
      select ${id}, seq, 'due', 0, 1 from events`);
    await ring(webhookBell(id));
    expect(await deliveries()).toMatchObject([
      { seq: seqs[0], state: 'delivered' },
      { seq: seqs[1], state: 'dead', attempts: 0 },
      { seq: seqs[2], state: 'delivered' },
    ]);
  });
});
