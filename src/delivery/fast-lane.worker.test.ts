import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { messageBody } from '../ingest/sample-bodies.test-support.ts';
import {
  answers,
  deliveries,
  event,
  eventBell,
  eventFrom,
  OK,
  reported,
  requests,
  ring,
  rung,
  stack,
  STATUS,
  subscribe,
  useLanes,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

describe('a doorbell for an event', () => {
  it('that everyone takes at once is acknowledged and leaves no row but the event', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    await subscribe('ok.test', { on_incoming_message: 1 });
    const seq = await event();
    expect(await ring(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    expect(await deliveries()).toEqual([]);
    expect(await db.first(sql`select open from events where seq = ${seq}`)).toEqual({ open: null });
    expect(await db.all(sql`select user_id, ordinal from marks`)).toHaveLength(1);
    expect(requests.map(({ headers }) => headers.get('x-key'))).toEqual(['k', 'k']);
  });

  it.each([
    ['answers 400', STATUS(400)],
    ['answers 500', STATUS(500)],
    ['redirects', STATUS(302)],
    ['cannot be reached', undefined],
  ])('whose receiver %s is acknowledged, and the delivery is due again', async (_name, answer) => {
    if (answer === undefined) delete answers['bad.test'];
    else answers['bad.test'] = answer;
    const id = await subscribe('bad.test');
    const seq = await event();
    expect(await ring(eventBell(seq))).toEqual({ acked: ['0'], retried: [] });
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'due', attempts: 1 }]);
    expect(reported[0]).toBeGreaterThan(Date.now() + 4000);
  });

  it('whose receiver answers 410 disables the webhook and keeps the delivery', async () => {
    answers['gone.test'] = STATUS(410);
    const id = await subscribe('gone.test');
    const seq = await event();
    await ring(eventBell(seq));
    expect(await db.first(sql`select is_enabled from webhooks where id = ${id}`)).toEqual({
      is_enabled: 0,
    });
    expect(await deliveries()).toMatchObject([{ webhook_id: id, seq, state: 'due' }]);
  });

  it('whose receiver hangs is acknowledged after a second; the attempt goes on and is recorded', async () => {
    const hanging = Promise.withResolvers<Response>();
    answers['slow.test'] = () => hanging.promise;
    answers['ok.test'] = OK;
    const slow = await subscribe('slow.test');
    await subscribe('ok.test');
    const seqs = [await event(), await event()];
    const startedAt = Date.now();
    setTimeout(() => hanging.resolve(new Response('late')), 2000);
    expect(await ring(...seqs.map(eventBell))).toEqual({ acked: ['0', '1'], retried: [] });
    expect(Date.now() - startedAt).toBeGreaterThan(1900);
    expect(requests.filter(({ host }) => host === 'ok.test')).toHaveLength(2);
    expect(await deliveries()).toEqual([
      { webhook_id: slow, seq: seqs[0], state: 'delivered', attempts: 1 },
      { webhook_id: slow, seq: seqs[1], state: 'due', attempts: 0 },
    ]);
    expect(rung).toContain(slow);
  });

  it('that comes twice delivers once', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const bell = eventBell(await event());
    await ring(bell, bell);
    await ring(bell);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['an unknown event', eventBell(999_999)],
    ['an unknown webhook', { kind: 'webhook', stack: 'default', webhook: 999_999 }],
    ['an unknown file', { kind: 'media', stack: 'default', media: 'x' }],
  ])('for %s is acknowledged', async (_name, bell) => {
    expect(await ring(bell)).toEqual({ acked: ['0'], retried: [] });
  });

  it("is retried when we fail, and the other stacks' are not", async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const bells = [{ kind: 'event', stack: 'nowhere', seq: 1 }, eventBell(999_999)];
    expect(await ring(...bells)).toEqual({ acked: ['1'], retried: ['0'] });
  });
});

describe('an event whose contents lie in R2', () => {
  function largeEvent(): Promise<number> {
    const text = 'x'.repeat(1_600_000);
    return eventFrom(messageBody(`wamid.large.${crypto.randomUUID()}`, { type: 'x', x: { text } }));
  }

  it('and cannot be read now is tried again, without an attempt and without holding up others', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seqs = [await largeEvent(), await event()];
    vi.spyOn(stack.files, 'getText').mockRejectedValue(new Error('R2 is away'));
    expect(await ring(...seqs.map(eventBell))).toEqual({ acked: ['0', '1'], retried: [] });
    expect(requests).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ seq: seqs[0], state: 'due', attempts: 0 }]);
  });

  it('and are there no more is given up, with the reason', async () => {
    await subscribe('ok.test');
    const seq = await largeEvent();
    vi.spyOn(stack.files, 'getText').mockResolvedValue(null);
    await ring(eventBell(seq));
    expect(await db.all(sql`select state, last_error from deliveries`)).toEqual([
      { state: 'dead', last_error: 'What the event says is not stored any more.' },
    ]);
  });
});
