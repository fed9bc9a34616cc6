import { sql, type SQL } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { joinQueue } from '../../webhooks/chat-queue.ts';
import { NEVER_MS } from '../../webhooks/enablement.ts';
import { PEOPLE, stack } from '../webhooks/webhooks.test-support.ts';
import {
  ask,
  DAY,
  event,
  idsOf,
  manyEvents,
  prepareLog,
  read,
  readAll,
  row,
  webhook,
} from './deliveries.test-support.ts';

beforeEach(prepareLog);

describe('the log of deliveries', () => {
  it('has what succeeded at the first try', async () => {
    const id = await webhook('ann');
    const chats = [{ wa_id: '491' }, { wa_id: '492' }];
    const seq = await event({ id: 'e-1', chats, receipts: [id] });
    expect((await read()).results).toEqual([
      {
        id: `${id}-${seq}`,
        webhook: id,
        sequence: seq,
        webhook_id: `e-1.${id}`,
        kind: 'waba',
        chats: ['491', '492'],
        state: 'delivered',
        attempts: 1,
        status: 200,
        error: null,
        last_error: null,
        latency_ms: 12,
        attempted_at: DAY + 1,
        attempted_at_ms: DAY * 1000 + 1500,
        created_at: DAY,
        created_at_ms: DAY * 1000 + 999,
        next_attempt_at: null,
        next_attempt_at_ms: null,
        waiting_for: null,
        waiting_until: null,
        waiting_until_ms: null,
        replay: null,
        part: 0,
      },
    ]);
  });

  it('has what did not', async () => {
    const id = await webhook('ann');
    const seq = await event({ id: 'e-1', kind: 'outgoing' });
    await row(id, seq, {
      attempts: 3,
      next_at: DAY * 1000 + 60_999,
      last_error: 'The receiver did not finish its answer in time.',
      attempted_at: DAY * 1000 + 30_000,
      error: 'timeout',
      latency_ms: 15_000,
      replay_id: 7,
    });
    expect((await read()).results).toEqual([
      {
        id: `${id}-${seq}`,
        webhook: id,
        sequence: seq,
        webhook_id: `e-1.${id}`,
        kind: 'outgoing',
        chats: [],
        state: 'due',
        attempts: 3,
        status: null,
        error: 'timeout',
        last_error: 'The receiver did not finish its answer in time.',
        latency_ms: 15_000,
        attempted_at: DAY + 30,
        attempted_at_ms: DAY * 1000 + 30_000,
        created_at: DAY,
        created_at_ms: DAY * 1000 + 999,
        next_attempt_at: DAY + 60,
        next_attempt_at_ms: DAY * 1000 + 60_999,
        waiting_for: 'replay',
        waiting_until: null,
        waiting_until_ms: null,
        replay: 7,
        part: 0,
      },
    ]);
  });

  it('says of no delivery that is held or has ended when it is attempted next', async () => {
    const id = await webhook('ann');
    await row(id, await event(), { next_at: NEVER_MS });
    await row(id, await event(), { state: 'dead', next_at: DAY * 1000 });
    const { results } = await read();
    expect(results.map((delivery) => delivery['next_attempt_at'])).toEqual([null, null]);
  });

  it('says what each delivery that is due waits for, and until when', async () => {
    const soon = Date.now() + 600_000;
    const id = await webhook('ann');
    const [paused, disabled, ordered] = [
      await webhook('ann'),
      await webhook('ann'),
      await webhook('ann', 'chat'),
    ];
    const [broken, limited] = [await webhook('ann'), await webhook('ann')];
    const change = (webhookId: number, to: SQL) =>
      stack.db.run(sql`update webhooks set ${to} where id = ${webhookId}`);
    await change(paused, sql`is_enabled = 0`);
    await change(disabled, sql`is_enabled = 0, disabled_reason = 'It answered 410.'`);
    await change(broken, sql`breaker_opened_at = 1, probe_at = ${soon}`);
    await change(limited, sql`rate_limit = 1, probe_at = ${soon}`);
    const chats = [{ wa_id: '491' }];
    const seqs = [await event({ chats }), await event({ chats }), await event({ chats })];
    const keys = seqs.map((seq) => ({ webhook_id: ordered, seq }));
    for (const { seq } of keys) await row(ordered, seq);
    await stack.db.batch(joinQueue(keys));
    // Made due by hand, before its turn has come.
    await stack.db.run(sql`update deliveries set next_at = 1 where webhook_id = ${ordered}
      and seq = ${seqs[2] ?? 0}`);
    const seq = await event();
    await row(id, seq, { next_at: soon, attempted_at: 1 });
    await row(paused, seq, { next_at: NEVER_MS });
    await row(disabled, seq, { next_at: NEVER_MS });
    await row(broken, seq);
    await row(limited, seq);
    await row(id, await event());
    const { results } = await read();
    const waits = results.map((delivery) => [
      delivery['webhook'],
      delivery['waiting_for'],
      delivery['waiting_until_ms'],
      delivery['waiting_until'],
    ]);
    const seconds = Math.floor(soon / 1000);
    expect(waits).toEqual([
      [id, 'turn', null, null],
      [limited, 'rate_limit', soon, seconds],
      [broken, 'breaker', soon, seconds],
      [disabled, 'disabled', null, null],
      [paused, 'paused', null, null],
      [id, 'schedule', soon, seconds],
      [ordered, 'order', null, null],
      [ordered, 'order', null, null],
      [ordered, 'turn', null, null],
    ]);
  });

  it('has the newest event first, and the deliveries of an event by webhook', async () => {
    const [a, b, c] = [await webhook('ann'), await webhook('ben'), await webhook('ann')];
    const first = await event({ receipts: [c, a] });
    await row(b, first);
    const second = await event({ receipts: [b] });
    await row(c, second, { state: 'dead' });
    const newestFirst = [`${c}-${second}`, `${b}-${second}`, `${c}-${first}`, `${b}-${first}`];
    expect(idsOf(await read())).toEqual([...newestFirst, `${a}-${first}`]);
  });

  it('has a delivery once where it has both a receipt and a row, as the row says', async () => {
    const id = await webhook('ann');
    const seq = await event({ receipts: [id] });
    await row(id, seq, { state: 'dead', attempts: 13 });
    expect((await read()).results).toMatchObject([{ state: 'dead', attempts: 13 }]);
    expect(await read('deliveries/?state=delivered')).toEqual({ results: [], next: null });
  });

  it('has nothing of webhooks that were deleted', async () => {
    const id = await webhook('ann');
    await event({ receipts: [id, id + 1] });
    expect(await read()).toMatchObject({ results: [{ webhook: id }], next: null });
  });

  it('has events from before a webhook where they were replayed to it', async () => {
    const before = await event();
    const id = await webhook('ann');
    const after = await event({ receipts: [id] });
    await row(id, before, { state: 'delivered', replay_id: 1 });
    expect(idsOf(await read())).toEqual([`${id}-${after}`, `${id}-${before}`]);
    expect(idsOf(await read(`deliveries/?limit=1&webhook=${id}`))).toEqual([`${id}-${after}`]);
    expect((await readAll('deliveries/?limit=1')).ids).toHaveLength(2);
  });

  it('is empty where there is no webhook', async () => {
    await event();
    expect(await read()).toEqual({ results: [], next: null });
  });
});

describe('the filters', () => {
  /** Deliveries by name: those of one webhook in all states, and one of another. */
  async function seed(): Promise<Record<string, unknown>> {
    const [ours, others] = [await webhook('ann'), await webhook('ben')];
    const at = (seconds: number): number => (DAY + seconds) * 1000;
    const fast = await event({ receipts: [ours], chats: [{ wa_id: '491' }], created_at: at(0) });
    const created = await event({
      receipts: [{ webhook: ours, status: 201, ms: 1, at: 1 }],
      created_at: at(100),
    });
    const due = await event({ created_at: at(200), kind: 'outgoing' });
    const dead = await event({ created_at: at(300), chats: [{ wa_id: '492' }, { wa_id: '491' }] });
    const dropped = await event({ created_at: at(400), kind: 'webhook' });
    const slow = await event({ created_at: at(500) });
    return {
      fast: `${ours}-${fast}`,
      created: `${ours}-${created}`,
      due: await row(ours, due, { error: 'timeout' }),
      dead: await row(ours, dead, { state: 'dead', status: 503 }),
      dropped: await row(ours, dropped, { state: 'dropped', error: 'connection' }),
      slow: await row(ours, slow, { state: 'delivered', status: 200 }),
      other: await row(others, slow, { state: 'dead', status: 500 }),
    };
  }

  const ALL = ['other', 'slow', 'dropped', 'dead', 'due', 'created', 'fast'];

  it.each<[string, string[]]>([
    ['', ALL],
    ['state=', ALL],
    ['state=due', ['due']],
    ['state=delivered', ['slow', 'created', 'fast']],
    ['state=dead', ['other', 'dead']],
    ['state=dropped', ['dropped']],
    ['state=dead,dropped', ['other', 'dropped', 'dead']],
    ['state=due,%20delivered', ['slow', 'due', 'created', 'fast']],
    ['kind=outgoing', ['due']],
    ['kind=webhook', ['dropped']],
    ['kind=failure', []],
    ['chat=491', ['dead', 'fast']],
    ['chat=49', []],
    ['status=200', ['slow', 'fast']],
    ['status=201', ['created']],
    ['status=503', ['dead']],
    ['error=timeout', ['due']],
    ['error=connection', ['dropped']],
    [`after=${DAY + 300}`, ['other', 'slow', 'dropped', 'dead']],
    [`before=${DAY + 300}`, ['due', 'created', 'fast']],
    [`after=${DAY + 100}&before=${DAY + 101}`, ['created']],
    [`after=${DAY + 9_999}`, []],
    [`before=${DAY}`, []],
    ['state=dead&chat=491&status=503', ['dead']],
    ['state=due&error=connection', []],
  ])('?%s', async (query, names) => {
    const seeded = await seed();
    const { results, next } = await read(`deliveries/?${query}`);
    expect(idsOf({ results, next })).toEqual(names.map((name) => seeded[name]));
    expect(next).toBeNull();
  });

  it('?webhook= and the list of a webhook leave out the others', async () => {
    const { other } = await seed();
    const id = String(other).split('-')[0];
    expect(idsOf(await read(`deliveries/?webhook=${id}`))).toEqual([other]);
    expect(idsOf(await read(`webhooks/waba/${id}/deliveries/`))).toEqual([other]);
    expect(idsOf(await read(`webhooks/waba/${id}/deliveries/?state=due`))).toEqual([]);
  });
});

describe('what cannot be asked for is refused by its name', () => {
  it.each([
    ['webhook', 'x'],
    ['webhook', '0'],
    ['state', 'due,gone'],
    ['state', ','],
    ['kind', 'message'],
    ['chat', '%20'],
    ['chat', '%00'],
    ['chat', '4'.repeat(129)],
    ['status', '99'],
    ['status', '2xx'],
    ['error', 'nonsense'],
    ['after', '-1'],
    ['after', 'yesterday'],
    ['before', String(DAY * 1000)],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', 'many'],
    ['cursor', '%25'],
    ['cursor', 'Mg'],
    ['cursor', btoa('9999999999999999.1').replaceAll('=', '')],
  ])('%s=%s', async (field, value) => {
    const response = await ask('admin', `deliveries/?${field}=${value}`);
    expect(response.status).toBe(400);
    expect(Object.keys(await response.json<object>())).toEqual([field, 'reason']);
  });
});

describe('page by page', () => {
  it('each delivery comes once while new ones arrive', async () => {
    const [a, b] = [await webhook('ann'), await webhook('ben')];
    const seeded: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      const seq = await event({ receipts: n % 3 === 0 ? [a, b] : [a] });
      if (n % 3 === 1) await row(b, seq, { state: 'dead' });
      seeded.unshift(...(n % 3 === 2 ? [`${a}-${seq}`] : [`${b}-${seq}`, `${a}-${seq}`]));
    }
    const arrive = async (): Promise<unknown> => row(b, await event({ receipts: [a] }));
    for (const limit of [1, 3, 7]) {
      const { ids, pages } = await readAll(`deliveries/?limit=${limit}`, arrive);
      expect(ids.slice(-seeded.length)).toEqual(seeded);
      expect(new Set(ids).size).toBe(ids.length);
      expect(pages).toBe(Math.ceil(ids.length / limit));
    }
  });

  it('the link keeps the filters', async () => {
    const id = await webhook('ann');
    await row(id, await event(), { state: 'dead' });
    await row(id, await event(), { state: 'dead' });
    const { next } = await read('deliveries/?state=dead&limit=1');
    expect(next).toMatch(
      /^https:\/\/inbox\.example\.com\/api\/v1\/deliveries\/\?state=dead&limit=1&cursor=\w+$/,
    );
  });

  it('what is rare is found behind much that does not fit, by following next', async () => {
    const id = await webhook('ann');
    const rare = await event({ kind: 'outgoing', receipts: [id] });
    await manyEvents(9_000, id);
    const first = await read('deliveries/?kind=outgoing');
    expect(first).toEqual({ results: [], next: expect.any(String) });
    const { ids, pages } = await readAll('deliveries/?kind=outgoing');
    expect(ids).toEqual([`${id}-${rare}`]);
    expect(pages).toBeLessThanOrEqual(4);
  });

  it('a dead delivery is found at once behind much that succeeded', async () => {
    const id = await webhook('ann');
    const dead = await row(id, await event(), { state: 'dead' });
    await manyEvents(9_000, id);
    expect(await read('deliveries/?state=dead')).toMatchObject({
      results: [{ id: dead }],
      next: null,
    });
  });

  it('a time is found at once behind much that came later', async () => {
    const id = await webhook('ann');
    const early = await event({ receipts: [id], created_at: (DAY - 86_400) * 1000 });
    await manyEvents(9_000, id);
    const { results } = await read(`deliveries/?before=${DAY - 3_600}`);
    expect(results).toMatchObject([{ sequence: early }]);
  });

  it('gaps of what was pruned cost no page', async () => {
    const id = await webhook('ann');
    const first = await event({ receipts: [id] });
    await stack.db.run(sql`
      insert into events (seq, id, kind, created_at, fields, chats, incoming)
      values (50000000, 'far', 'waba', ${DAY * 1000}, '[]', '[]', '[]')`);
    expect(await read()).toMatchObject({ results: [{ sequence: first }], next: null });
  });
});

describe('someone who is no admin', () => {
  it('sees the deliveries of their own webhooks', async () => {
    const [anns, bens] = [await webhook('ann'), await webhook('ben')];
    const seq = await event({ receipts: [anns, bens] });
    const dead = await row(bens, await event(), { state: 'dead' });
    expect(idsOf(await read('deliveries/', 'ann'))).toEqual([`${anns}-${seq}`]);
    expect(idsOf(await read('deliveries/', 'ben'))).toEqual([dead, `${bens}-${seq}`]);
    expect(idsOf(await read('deliveries/?state=dead', 'ann'))).toEqual([]);
  });

  it('finds no webhook of somebody else', async () => {
    const id = await webhook('ben');
    for (const path of [`deliveries/?webhook=${id}`, `webhooks/waba/${id}/deliveries/`]) {
      expect((await ask('ann', path)).status).toBe(404);
      expect((await ask('ben', path)).status).toBe(200);
    }
  });

  it('is not told of chats that they may not read', async () => {
    const id = await webhook('groupie');
    const chats = [{ wa_id: '491', assigned_user_id: PEOPLE.groupie }, { wa_id: '492' }];
    const seq = await event({ chats, receipts: [id] });
    expect((await read('deliveries/', 'groupie')).results).toMatchObject([{ chats: ['491'] }]);
    expect(idsOf(await read('deliveries/?chat=491', 'groupie'))).toEqual([`${id}-${seq}`]);
    expect(idsOf(await read('deliveries/?chat=492', 'groupie'))).toEqual([]);
  });
});
