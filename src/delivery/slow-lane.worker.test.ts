import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { seal } from '../auth/secret-box.ts';
import type { ScheduleName } from '../webhooks/webhook.ts';
import { newWebhookSecret, signAttempt } from '../outbound/signature.ts';
import {
  answers,
  deliveries,
  event,
  eventBell,
  OK,
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

interface DueDelivery {
  state: string;
  attempts: number;
  /** Milliseconds. */
  next_at: number;
}

describe('a doorbell for a slow webhook', () => {
  async function due(webhook: number, seq: number): Promise<void> {
    await db.run(
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at) values (${webhook}, ${seq}, 'due', 3, 1)`,
    );
    await db.run(sql`update webhooks set slow_since = 1 where id = ${webhook}`);
  }

  it('that answers delivers what is due, in order, and returns it to the fast lane', async () => {
    answers['back.test'] = OK;
    const id = await subscribe('back.test');
    const seqs = [await event(), await event(), await event()];
    for (const seq of seqs) await due(id, seq);
    await ring(webhookBell(id));
    expect(requests.map(({ headers }) => Number(headers.get('waypost-sequence')))).toEqual(seqs);
    expect(await deliveries()).toEqual(
      seqs.map((seq) => ({ webhook_id: id, seq, state: 'delivered', attempts: 4 })),
    );
    expect(await db.first(sql`select slow_since from webhooks where id = ${id}`)).toEqual({
      slow_since: null,
    });
  });

  it('that fails uses up an attempt of each delivery that is due', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const seqs = [await event(), await event()];
    for (const seq of seqs) await due(id, seq);
    await ring(webhookBell(id));
    expect(requests).toHaveLength(2);
    expect(await deliveries()).toEqual(
      seqs.map((seq) => ({ webhook_id: id, seq, state: 'due', attempts: 4 })),
    );
  });

  it('is not undercut in what it asked for by another delivery that goes well', async () => {
    const id = await subscribe('busy.test');
    const seqs = [await event(), await event()];
    answers['busy.test'] = async () =>
      requests.length === 1
        ? new Response(null, { status: 429, headers: { 'retry-after': '20' } })
        : OK();
    for (const seq of seqs) await due(id, seq);
    await ring(webhookBell(id));
    expect(requests).toHaveLength(2);
    const [first] = await db.all<DueDelivery>(sql`select * from deliveries order by seq`);
    expect(first?.next_at).toBeGreaterThanOrEqual(Date.now() + 19_000);
  });

  it('keeps the same id and the same bytes at every attempt', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const seq = await event();
    await ring(eventBell(seq));
    await db.run(sql`update deliveries set next_at = 1`);
    await db.run(sql`update webhooks set probe_at = 1`);
    await ring(webhookBell(id));
    const [first, second] = requests;
    expect(second?.headers.get('webhook-id')).toBe(first?.headers.get('webhook-id'));
    expect(second?.body).toBe(first?.body);
  });

  it('gives a delivery up when its schedule is used up', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const seq = await event();
    await due(id, seq);
    await db.run(sql`update deliveries set attempts = 12`);
    await ring(webhookBell(id));
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'dead', attempts: 13 }]);
  });

  /** Makes a failing webhook with one delivery that has had some attempts, and rings for it. */
  async function failAgain(schedule: ScheduleName, attempts: number): Promise<DueDelivery> {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await due(id, await event());
    await db.run(sql`update deliveries set attempts = ${attempts} where webhook_id = ${id}`);
    await db.run(sql`update webhooks set schedule = ${schedule} where id = ${id}`);
    await ring(webhookBell(id));
    const row = await db.first<DueDelivery>(sql`select * from deliveries where webhook_id = ${id}`);
    return row ?? { state: 'lost', attempts: 0, next_at: 0 };
  }

  it.each<[ScheduleName, number, number]>([
    ['short', 8, 20 * 60_000],
    ['default', 13, 86_400_000],
    ['long', 18, 86_400_000],
  ])('keeps to the %s schedule: attempt %i is the last', async (schedule, last, lastWaitMs) => {
    const now = Date.now();
    const waiting = await failAgain(schedule, last - 2);
    expect(waiting).toMatchObject({ state: 'due', attempts: last - 1 });
    expect(waiting.next_at).toBeGreaterThanOrEqual(now + lastWaitMs);
    expect(waiting.next_at).toBeLessThan(now + 1.1 * lastWaitMs + 10_000);
    expect(await failAgain(schedule, last - 1)).toMatchObject({ state: 'dead', attempts: last });
  });

  it('goes on by the schedule of now, whichever the webhook had at the attempts before', async () => {
    expect(await failAgain('short', 10)).toMatchObject({ state: 'dead', attempts: 11 });
    expect(await failAgain('long', 13)).toMatchObject({ state: 'due', attempts: 14 });
  });
});

describe('an attempt during a rotation', () => {
  it.each<[string, number, boolean]>([
    ['until the grace of the former secret is over is signed with both', 60_000, true],
    ['after the grace of the former secret is signed with the new one', -1, false],
  ])('%s', async (_promise, graceMs, isOldValid) => {
    answers['ok.test'] = OK;
    const [secret, former] = [newWebhookSecret(), newWebhookSecret()];
    const id = await subscribe('ok.test');
    await db.run(sql`
      update webhooks set secret = ${await seal(stack.config, secret)},
        old_secret = ${await seal(stack.config, former)}, old_secret_until = ${Date.now() + graceMs}
      where id = ${id}`);
    await ring(eventBell(await event()));
    const { headers, body } = requests[0] ?? { headers: new Headers(), body: '' };
    const signatures = headers.get('webhook-signature')?.split(' ');
    const secrets = isOldValid ? [secret, former] : [secret];
    expect(signatures).toEqual(
      await Promise.all(
        secrets.map((one) =>
          signAttempt({
            secrets: [one],
            id: headers.get('webhook-id') ?? '',
            timestampSeconds: Number(headers.get('webhook-timestamp')),
            body: new TextEncoder().encode(body),
          }),
        ),
      ),
    );
  });
});
