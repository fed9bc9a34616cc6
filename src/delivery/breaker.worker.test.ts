import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { shouldOpen } from './breaker.ts';
import {
  answers,
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

interface Breaker {
  breaker_opened_at: number | null;
  probe_at: number | null;
  slow_since: number | null;
}

async function breakerOf(id: number): Promise<Breaker | undefined> {
  return db.first<Breaker>(
    sql`select breaker_opened_at, probe_at, slow_since from webhooks where id = ${id}`,
  );
}

/** Events with a due delivery each to one webhook. */
async function dueDeliveries(id: number, count: number): Promise<void> {
  await db.run(sql`
    insert into events (seq, id, kind, created_at, extended, body, fields, chats, incoming)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
    select i, 'e' || i, 'waba', 1, '{}', '{}', '[]', '[]', '[]' from n`);
  await db.run(sql`
    insert into deliveries (webhook_id, seq, state, attempts, next_at)
    select ${id}, seq, 'due', 0, 1 from events`);
  await db.run(sql`update webhooks set slow_since = 1 where id = ${id}`);
}

function attemptsMade(): Promise<{ attempts: number; count: number }[]> {
  return db.all(
    sql`select attempts, count(*) as count from deliveries group by attempts order by attempts`,
  );
}

/** The breaker's pause is over. */
async function letItProbe(id: number): Promise<void> {
  await db.run(sql`update webhooks set probe_at = 1 where id = ${id}`);
}

describe('the rule of the breaker', () => {
  it.each([
    [19, 19, false],
    [20, 9, false],
    [20, 10, true],
    [20, 20, true],
    [1000, 499, false],
    [1000, 500, true],
  ])('of %i attempts in a minute %i failed: it opens: %s', (attempts, failures, opens) => {
    expect(shouldOpen({ attempts, failures })).toBe(opens);
  });
});

describe('a breaker', () => {
  it('opens at the 20th failure in a row, and what waits uses up no attempt', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await dueDeliveries(id, 50);
    for (let bells = 0; bells < 8; bells += 1) await ring(webhookBell(id));
    expect(requests).toHaveLength(20);
    expect(await attemptsMade()).toEqual([
      { attempts: 0, count: 30 },
      { attempts: 1, count: 20 },
    ]);
    expect(reported.at(-1)).toBeGreaterThan(Date.now() + 29_000);
  });

  it('takes a 2xx that breaks off for a failure', async () => {
    answers['cut.test'] = async () => {
      const broken = (controller: ReadableStreamDefaultController): void =>
        controller.error(new Error('Network connection lost.'));
      return new Response(new ReadableStream({ pull: broken }), { status: 200 });
    };
    const id = await subscribe('cut.test');
    await dueDeliveries(id, 50);
    for (let bells = 0; bells < 8; bells += 1) await ring(webhookBell(id));
    expect(requests).toHaveLength(20);
    expect((await breakerOf(id))?.breaker_opened_at).not.toBeNull();
  });

  it('that is open keeps events away, too', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await dueDeliveries(id, 20);
    await ring(webhookBell(id));
    await ring(eventBell(await event()));
    await ring(webhookBell(id));
    expect(requests).toHaveLength(20);
  });

  it('that is half-open lets one delivery probe, and opens again when it fails', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await dueDeliveries(id, 50);
    await ring(webhookBell(id));
    await letItProbe(id);
    for (let bells = 0; bells < 3; bells += 1) await ring(webhookBell(id));
    expect(requests).toHaveLength(21);
    expect((await breakerOf(id))?.probe_at).toBeGreaterThan(Date.now() + 29_000);
  });

  it('closes when the probe goes well, and all that waited is delivered at once', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await dueDeliveries(id, 40);
    await ring(webhookBell(id));
    await letItProbe(id);
    answers['down.test'] = OK;
    await ring(webhookBell(id));
    expect(await breakerOf(id)).toEqual({
      breaker_opened_at: null,
      probe_at: null,
      slow_since: null,
    });
    expect(requests).toHaveLength(40);
  });

  it('that has closed does not hold what was before against its webhook', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await dueDeliveries(id, 40);
    await ring(webhookBell(id));
    await letItProbe(id);
    answers['down.test'] = async () => {
      const isProbe = requests.length === 21;
      // The clock of workerd stands still without I/O; the probe must end after it began.
      await new Promise((resolve) => setTimeout(resolve, isProbe ? 5 : 0));
      return isProbe ? OK() : STATUS(500)();
    };
    await ring(webhookBell(id));
    expect(requests).toHaveLength(40);
    expect((await breakerOf(id))?.breaker_opened_at).toBeNull();
  });

  it('stays closed where the fast lane has delivered as much as has failed, and more', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await dueDeliveries(id, 60);
    await db.run(sql`delete from deliveries where seq > 25`);
    await db.run(sql`update events set receipts =
      json_array(json_object('webhook', ${id}, 'status', 200, 'ms', 1, 'at', ${Date.now()}))
      where seq > 25 and seq <= 51`);
    await ring(webhookBell(id));
    expect(requests).toHaveLength(25);
    expect((await breakerOf(id))?.breaker_opened_at).toBeNull();
  });

  it('stays closed for a receiver that takes more than half', async () => {
    answers['half.test'] = async () => (requests.length % 3 === 0 ? STATUS(500)() : OK());
    const id = await subscribe('half.test');
    await dueDeliveries(id, 60);
    await ring(webhookBell(id));
    expect(requests).toHaveLength(60);
    expect((await breakerOf(id))?.breaker_opened_at).toBeNull();
  });
});
