import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureFirstAdmin } from '../auth/first-admin.ts';
import { seal } from '../auth/secret-box.ts';
import type { QueueMessage } from '../config.ts';
import { ingest } from '../ingest/ingest.ts';
import { messageBody } from '../ingest/sample-bodies.test-support.ts';
import { openStack } from '../store/open-stack.ts';
import type { ScheduleName } from '../inbox/webhooks/webhook.ts';
import { consume, type ConsumerDeps } from './consume.ts';
import { newWebhookSecret, signDelivery } from './signature.ts';

const stack = openStack(env, 'default');
const { db } = stack;
const rung: number[] = [];
const reported: number[] = [];
let ids = 0;

const deps: ConsumerDeps = {
  openStack: (name) => openStack(env, name),
  fetchMedia: async () => undefined,
  ringWebhooks: async (_stack, webhooks) => void rung.push(...webhooks),
  reportDue: async (_stack, nextAt) => void reported.push(nextAt),
};

/** How each host answers; a host that is not here cannot be reached. */
const answers: Record<string, () => Promise<Response>> = {};
const requests: { host: string; headers: Headers; body: string }[] = [];

beforeAll(async () => {
  await ensureFirstAdmin(stack);
});

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { host } = new URL(new Request(input).url);
    requests.push({
      host,
      headers: new Headers(init?.headers),
      body: await new Response(init?.body).text(),
    });
    const answer = answers[host];
    if (answer === undefined) throw new TypeError('Network connection lost.');
    return answer();
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const table of ['webhooks', 'deliveries', 'events', 'marks'])
    await db.run(sql.raw(`delete from ${table}`));
  for (const list of [rung, reported, requests]) list.splice(0);
});

/** Makes a webhook of the first admin's and returns its id; `flags` are columns of its row. */
async function subscribe(host: string, flags: object = { on_cloud_api: 1 }): Promise<number> {
  const row = await db.first<{ id: number }>(sql`
    insert into webhooks (user_id, url, headers, secret, since_seq, created_at)
    values (1, ${`https://${host}/hook`}, ${await seal(stack.config, '{"x-key":"k"}')},
      ${await seal(stack.config, newWebhookSecret())}, 0, 1) returning id`);
  for (const [flag, value] of Object.entries(flags)) {
    await db.run(sql`update webhooks set ${sql.raw(flag)} = ${value} where id = ${row?.id}`);
  }
  return row?.id ?? 0;
}

async function event(): Promise<number> {
  const body = JSON.stringify(
    messageBody(`wamid.consume.${(ids += 1)}`, { type: 'text', text: { body: 'x' } }),
  );
  const headers = { authorization: 'Bearer test-webhook-token' };
  const written = await ingest(
    new Request('http://x/waba/webhook', { method: 'POST', headers, body }),
    stack,
    Date.now(),
  );
  return written?.seq ?? 0;
}

async function ring(...bodies: object[]): Promise<{ acked: string[]; retried: string[] }> {
  const messages = bodies.map((body, index) => ({
    id: String(index),
    timestamp: new Date(),
    attempts: 1,
    body: body as QueueMessage,
  }));
  const batch = createMessageBatch<QueueMessage>('waypost-events', messages);
  const ctx = createExecutionContext();
  await consume(batch, ctx, deps);
  const result = await getQueueResult(batch, ctx);
  await waitOnExecutionContext(ctx);
  return {
    acked: result.explicitAcks,
    retried: result.retryMessages.map((message) => message.msgId),
  };
}

function eventBell(seq: number): QueueMessage {
  return { kind: 'event', stack: 'default', seq };
}

async function deliveries(): Promise<unknown[]> {
  return db.all(
    sql`select webhook_id, seq, state, attempts from deliveries order by seq, webhook_id`,
  );
}

interface DueDelivery {
  state: string;
  attempts: number;
  /** Milliseconds. */
  next_at: number;
}

const OK = (): Promise<Response> => Promise.resolve(new Response('ok'));
const STATUS = (status: number) => (): Promise<Response> =>
  Promise.resolve(new Response(null, { status }));

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

describe('a doorbell for a slow webhook', () => {
  async function due(webhook: number, seq: number): Promise<void> {
    await db.run(
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at) values (${webhook}, ${seq}, 'due', 3, 1)`,
    );
    await db.run(sql`update webhooks set slow_since = 1 where id = ${webhook}`);
  }
  const bell = (webhook: number): QueueMessage => ({ kind: 'webhook', stack: 'default', webhook });

  it('that answers delivers what is due, in order, and returns it to the fast lane', async () => {
    answers['back.test'] = OK;
    const id = await subscribe('back.test');
    const seqs = [await event(), await event(), await event()];
    for (const seq of seqs) await due(id, seq);
    await ring(bell(id));
    expect(requests.map(({ headers }) => Number(headers.get('waypost-sequence')))).toEqual(seqs);
    expect(await deliveries()).toEqual(
      seqs.map((seq) => ({ webhook_id: id, seq, state: 'delivered', attempts: 4 })),
    );
    expect(await db.first(sql`select slow_since from webhooks where id = ${id}`)).toEqual({
      slow_since: null,
    });
  });

  it('that fails uses up an attempt of the first delivery only', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const seqs = [await event(), await event()];
    for (const seq of seqs) await due(id, seq);
    await ring(bell(id));
    expect(requests).toHaveLength(1);
    expect(await deliveries()).toEqual([
      { webhook_id: id, seq: seqs[0], state: 'due', attempts: 4 },
      { webhook_id: id, seq: seqs[1], state: 'due', attempts: 3 },
    ]);
  });

  it('keeps the same id and the same bytes at every attempt', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    const seq = await event();
    await ring(eventBell(seq));
    await db.run(sql`update deliveries set next_at = 1`);
    await db.run(sql`update webhooks set probe_at = 1`);
    await ring(bell(id));
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
    await ring(bell(id));
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'dead', attempts: 13 }]);
  });

  /** Makes a failing webhook with one delivery that has had some attempts, and rings for it. */
  async function failAgain(schedule: ScheduleName, attempts: number): Promise<DueDelivery> {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await due(id, await event());
    await db.run(sql`update deliveries set attempts = ${attempts} where webhook_id = ${id}`);
    await db.run(sql`update webhooks set schedule = ${schedule} where id = ${id}`);
    await ring(bell(id));
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
          signDelivery({
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

describe('a webhook that is down', () => {
  const bell = (webhook: number): QueueMessage => ({ kind: 'webhook', stack: 'default', webhook });

  it('is not asked again for each event that comes meanwhile', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    for (let count = 0; count < 5; count += 1) {
      await ring(eventBell(await event()));
      await ring(bell(id));
    }
    expect(requests).toHaveLength(1);
    expect(await deliveries()).toHaveLength(5);
    expect(rung).toEqual([]);
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
    await Promise.all([ring(bell(id)), ring(bell(id))]);
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
    await ring(bell(id));
    expect(await deliveries()).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(await db.first(sql`select slow_since, probe_at from webhooks where id = ${id}`)).toEqual(
      {
        slow_since: null,
        probe_at: null,
      },
    );
  });

  it('is asked once in a while, however much waits for it', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await db.run(sql`
      insert into deliveries (webhook_id, seq, state, attempts, next_at)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 50)
      select ${id}, i, 'due', 0, 1 from n`);
    await db.run(sql`
      insert into events (seq, id, kind, created_at, extended, body, fields, chats, incoming)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 50)
      select i, 'e' || i, 'waba', 1, '{}', '{}', '[]', '[]', '[]' from n`);
    for (let bells = 0; bells < 5; bells += 1) await ring(bell(id));
    expect(requests).toHaveLength(1);
    expect(Math.min(...reported)).toBeGreaterThan(Date.now() + 4_000);
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
    const asking = ring(bell(id));
    await ring(eventBell(await event()));
    late.resolve();
    await asking;
    await ring(bell(id));
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
    await ring(bell(id));
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
      await ring(bell(id));
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
    await ring(bell(id));
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
    await ring(bell(id));
    expect(await db.first(sql`select next_at from deliveries`)).toEqual({
      next_at: Number.MAX_SAFE_INTEGER,
    });
  });
});

describe('an event whose contents lie in R2', () => {
  async function largeEvent(): Promise<number> {
    const text = 'x'.repeat(1_600_000);
    const body = JSON.stringify(
      messageBody(`wamid.large.${(ids += 1)}`, { type: 'x', x: { text } }),
    );
    const headers = { authorization: 'Bearer test-webhook-token' };
    const written = await ingest(
      new Request('http://x/waba/webhook', { method: 'POST', headers, body }),
      stack,
      Date.now(),
    );
    return written?.seq ?? 0;
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
