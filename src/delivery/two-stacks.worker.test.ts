import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { seal } from '../auth/secret-box.ts';
import { openStack } from '../store/open-stack.ts';
import { newWebhookSecret } from '../outbound/signature.ts';
import {
  answers,
  eventBell,
  eventOf,
  received,
  ring,
  stack,
  subscribe,
  useLanes,
} from './lanes.test-support.ts';

useLanes();

/** Gives the second stack what the first one has: the same user, webhooks and events. */
async function copyToAcme(): Promise<void> {
  const acme = openStack(env, 'acme');
  for (const table of ['users', 'webhooks', 'events']) {
    const rows = await stack.db.all<Record<string, unknown>>(sql.raw(`select * from ${table}`));
    for (const row of rows) {
      const columns = sql.raw(Object.keys(row).join(', '));
      const values = sql.join(
        Object.values(row).map((value) => sql`${value}`),
        sql`, `,
      );
      await acme.db.run(sql`insert into ${sql.raw(table)} (${columns}) values (${values})`);
    }
  }
  // What one stack has sealed no other can open.
  await acme.db.run(sql`update webhooks set headers = ${await seal(acme.config, '{}')},
    secret = ${await seal(acme.config, newWebhookSecret())}`);
}

describe('a batch with the events of two stacks', () => {
  it('has no more attempts open at once than a batch of one, and delivers them all', async () => {
    const open = { now: 0, most: 0 };
    for (const host of ['a.test', 'b.test', 'c.test', 'd.test', 'e.test']) {
      await subscribe(host, { on_incoming_message: 1 });
      answers[host] = async () => {
        open.most = Math.max(open.most, (open.now += 1));
        await new Promise((resolve) => setTimeout(resolve, 50));
        open.now -= 1;
        return new Response('ok');
      };
    }
    const seq = await eventOf('a');
    await copyToAcme();
    const ended = await ring(eventBell(seq), { ...eventBell(seq), stack: 'acme' });
    expect(ended).toEqual({ acked: ['0', '1'], retried: [] });
    expect(received()).toHaveLength(10);
    expect(open.most).toBe(4);
  });
});
