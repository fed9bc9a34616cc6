import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import {
  answers,
  deliveries,
  event,
  eventBell,
  OK,
  reported,
  requests,
  ring,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

describe('a webhook that is down', () => {
  it('is asked once for each event that comes meanwhile, and then by its schedule', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const began = Date.now();
    for (let count = 0; count < 5; count += 1) {
      await ring(eventBell(await event()));
      for (let bells = 0; bells < 3; bells += 1) await ring(webhookBell(id));
    }
    expect(requests).toHaveLength(5);
    expect(await deliveries()).toMatchObject(Array.from({ length: 5 }, () => ({ attempts: 1 })));
    expect(reported.at(-1)).toBeGreaterThan(began + 4_000);
  });

  it('is asked by one delivery at a time, two doorbells or not', async () => {
    const open = { now: 0, most: 0 };
    answers['down.test'] = async () => {
      open.most = Math.max(open.most, (open.now += 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      open.now -= 1;
      return new Response('ok');
    };
    const id = await subscribe('down.test');
    await db.run(sql`update webhooks set slow_since = 1 where id = ${id}`);
    for (let count = 0; count < 3; count += 1) await ring(eventBell(await event()));
    await Promise.all([ring(webhookBell(id)), ring(webhookBell(id))]);
    expect(open.most).toBe(1);
    expect(requests).toHaveLength(3);
  });

  it('gets what waited for the probe as soon as that went well', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const seqs = [await event(), await event()];
    for (const seq of seqs) await ring(eventBell(seq));
    answers['down.test'] = OK;
    await db.run(sql`update webhooks set probe_at = 1`);
    await db.run(sql`update deliveries set next_at = 1 where seq = ${seqs[0]}`);
    await ring(webhookBell(id));
    expect(await deliveries()).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(await db.first(sql`select slow_since, probe_at from webhooks where id = ${id}`)).toEqual(
      {
        slow_since: null,
        probe_at: null,
      },
    );
  });

  it('gets at once what came while it was being asked, when that went well', async () => {
    const id = await subscribe('slow.test');
    await db.run(sql`update webhooks set slow_since = 1 where id = ${id}`);
    await ring(eventBell(await event()));
    const late = Promise.withResolvers<void>();
    answers['slow.test'] = async () => {
      await late.promise;
      return new Response('ok');
    };
    const asking = ring(webhookBell(id));
    await ring(eventBell(await event()));
    late.resolve();
    await asking;
    await ring(webhookBell(id));
    expect(await deliveries()).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
  });

  it('keeps what it has taken, whatever a late attempt comes to', async () => {
    const hanging = Promise.withResolvers<Response>();
    answers['slow.test'] = () => hanging.promise;
    const id = await subscribe('slow.test');
    const seq = await event();
    setTimeout(() => {
      const done = db.run(
        sql`update deliveries set state = 'delivered', attempts = 2 where seq = ${seq}`,
      );
      void done.then(() => hanging.reject(new TypeError('Network connection lost.')));
    }, 1500);
    await ring(eventBell(seq));
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'delivered', attempts: 2 }]);
  });

  it('and whose secret cannot be opened keeps what comes meanwhile', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const id = await subscribe('sealed.test');
    await db.run(sql`update webhooks set secret = 'v1.AAAA.BBBB' where id = ${id}`);
    const seq = await event();
    expect(await ring(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    await ring(webhookBell(id));
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'due', attempts: 0 }]);
    expect(requests).toEqual([]);
  });

  it('and hangs for two batches at once is sent nothing twice at the same time', async () => {
    const open = new Map<string | null, number>();
    let overlapping = 0;
    answers['slow.test'] = async () => {
      const sequence = requests.at(-1)?.headers.get('waypost-sequence') ?? null;
      if (open.has(sequence)) overlapping += 1;
      open.set(sequence, 1);
      await new Promise((resolve) => setTimeout(resolve, 1300 + 900 * (open.size - 1)));
      open.delete(sequence);
      return new Response('ok');
    };
    const id = await subscribe('slow.test');
    const seqs = [await event(), await event()];
    await Promise.all([...seqs.map((seq) => ring(eventBell(seq))), pauseThenRing(id)]);
    expect(overlapping).toBe(0);
  });

  async function pauseThenRing(id: number): Promise<void> {
    for (let bells = 0; bells < 4; bells += 1) {
      await new Promise((resolve) => setTimeout(resolve, 600));
      await ring(webhookBell(id));
    }
  }

  it('that was deleted meanwhile leaves nothing behind', async () => {
    answers['down.test'] = async () => {
      await db.run(sql`delete from webhooks`);
      return new Response(null, { status: 500 });
    };
    const id = await subscribe('down.test');
    await ring(eventBell(await event()));
    expect(await deliveries()).toEqual([]);
    await db.run(
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at) values (${id}, 1, 'due', 1, 1)`,
    );
    await ring(webhookBell(id));
    expect(await deliveries()).toEqual([]);
  });

  it('that was given another URL meanwhile is not disabled by a 410 of the old one', async () => {
    answers['gone.test'] = async () => {
      await db.run(sql`update webhooks set url = 'https://new.test/'`);
      return new Response(null, { status: 410 });
    };
    const id = await subscribe('gone.test');
    await ring(eventBell(await event()));
    expect(await db.first(sql`select is_enabled from webhooks where id = ${id}`)).toEqual({
      is_enabled: 1,
    });
  });

  it('that was paused keeps its deliveries, and they are not due', async () => {
    const id = await subscribe('paused.test');
    await db.run(
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at) values (${id}, 1, 'due', 1, 1)`,
    );
    await db.run(sql`update webhooks set is_enabled = 0 where id = ${id}`);
    await ring(webhookBell(id));
    expect(await db.first(sql`select next_at from deliveries`)).toEqual({
      next_at: Number.MAX_SAFE_INTEGER,
    });
  });
});
